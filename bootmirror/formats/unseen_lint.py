"""What in a file is not shown as it is: control characters, bytes that are not UTF-8, marks that
turn the direction of reading. Each is a warning: it may be meant, and stays unless somebody takes
it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.host.clean import odd

MOST = 4  # lines named


def lint_unseen(text: str) -> Iterator[Complaint]:
    """A warning for each such line, at its first odd character."""
    found = list(_odd_lines(text))
    for number, column, shown in found[:MOST]:
        yield Complaint(number, column, f"{shown} stands here, which cannot be shown as it is",
                        "delete it unless it is meant", Severity.WARNING)
    if len(found) > MOST:
        number, column, _ = found[MOST]
        yield Complaint(number, column, f"so it is in {len(found) - MOST} more lines from here on",
                        severity=Severity.WARNING)


def _odd_lines(text: str) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        place = next(((at, shown) for at, shown in odd(line) if line[at] != "\t"), None)
        if place is not None:
            yield number, place[0] + 1, place[1]
