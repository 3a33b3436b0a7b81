"""Complaints where they belong in an editor, also while its text is newer than they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from bootmirror.formats.complaint import Complaint, Severity

Marks = dict[int, tuple[Complaint, ...]]


def marks(complaints: Sequence[Complaint], judged: str, lines: Sequence[str]) -> Marks:
    """Rows (from 0) of the shown lines, and what is said of each.

    ``judged`` is the text the complaints are about. What lies after a change moves with its line;
    a line that is being changed loses its complaints until they are made anew.
    """
    found: dict[int, tuple[Complaint, ...]] = {}
    old = judged.split("\n")
    same, moved = _alike(old, lines), len(lines) - len(old)
    last = len(old) - _alike(old[same:][::-1], lines[same:][::-1])
    for complaint in complaints:
        row = min(complaint.line, len(old)) - 1
        if same <= row < last:
            continue
        shown = row if row < same else row + moved
        found[shown] = (*found.get(shown, ()), complaint)
    return found


def worst(complaints: Sequence[Complaint]) -> Severity:
    """Whether an error is among them."""
    bad = any(c.severity is Severity.ERROR for c in complaints)
    return Severity.ERROR if bad else Severity.WARNING


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many of the first lines are the same."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
