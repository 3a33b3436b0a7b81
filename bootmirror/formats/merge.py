"""A text a person changed, carried over to a new version of what it was changed from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from bootmirror.formats.lines import split_lines, with_newline


@dataclass(frozen=True)
class Merged:
    """``disputed``: numbers (from 1) of the lines where the new version says otherwise."""

    text: str
    disputed: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Change:
    """The lines ``first`` up to ``last`` of the base (counted from 0) are replaced."""

    first: int
    last: int
    lines: tuple[str, ...]


@dataclass
class _Region:
    """What of the base either side changed, and the changes of each (mine, new)."""

    first: int
    last: int
    changes: tuple[list[_Change], list[_Change]] = field(default_factory=lambda: ([], []))

    def meets(self, change: _Change) -> bool:
        """Two changes that only touch are two; two insertions in one place are one matter."""
        inserted = self.first == self.last == change.first == change.last
        return change.first < self.last or inserted

    def side(self, number: int, base: Sequence[str]) -> list[str]:
        """The region's lines as one side has them."""
        lines: list[str] = []
        place = self.first
        for change in self.changes[number]:
            lines += [*base[place : change.first], *change.lines]
            place = change.last
        return [*lines, *base[place : self.last]]


def merge(base: str, mine: str, new: str) -> Merged:
    """``new``, with what ``mine`` changed in ``base``. Where both changed the same, mine stays."""
    lines = split_lines(base)
    merged: list[str] = []
    disputed: list[int] = []
    place = 0
    for region in _regions(_changes(lines, mine), _changes(lines, new)):
        merged += lines[place : region.first]
        own, others = region.side(0, lines), region.side(1, lines)
        both = all(region.changes) and own != others
        if both:
            disputed.append(len(merged) + 1)
        merged += own if region.changes[0] else others
        if both and region.first == region.last:
            merged += others  # two insertions: neither is lost
        place = region.last
    merged += lines[place:]
    return Merged("".join([*map(with_newline, merged[:-1]), *merged[-1:]]), tuple(disputed))


def _changes(base: Sequence[str], text: str) -> list[_Change]:
    lines = split_lines(text)
    codes = SequenceMatcher(None, base, lines, autojunk=False).get_opcodes()
    return [_Change(a, b, tuple(lines[c:d])) for tag, a, b, c, d in codes if tag != "equal"]


def _regions(mine: Sequence[_Change], new: Sequence[_Change]) -> Iterator[_Region]:
    """The regions in their order; changes that overlap share one."""
    both = [*((change, 0) for change in mine), *((change, 1) for change in new)]
    region: _Region | None = None
    for change, number in sorted(both, key=lambda pair: (pair[0].first, pair[0].last, pair[1])):
        if region is None or not region.meets(change):
            if region is not None:
                yield region
            region = _Region(change.first, change.last)
        region.last = max(region.last, change.last)
        region.changes[number].append(change)
    if region is not None:
        yield region
