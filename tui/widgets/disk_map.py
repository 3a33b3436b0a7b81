"""A disk drawn to scale in one line: its partitions side by side, with a letter for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui.glyphs import Glyphs
from tui.text import Line, Span


@dataclass(frozen=True)
class Extent:
    """A stretch of a disk in bytes, the letter that names it, and the style it has."""

    start: int
    size: int
    letter: str
    style: str = "bar"


def disk_map(size: int, extents: Iterable[Extent], width: int, glyphs: Glyphs) -> Line:
    """The map, ``width`` cells wide; ``size`` is the disk's in bytes.

    Every partition has at least two cells, so a small one can be seen and told from the next.
    """
    inner = max(2, width - 2)
    ordered = sorted(extents, key=lambda extent: extent.start)
    end_of_last = max((extent.start + extent.size for extent in ordered), default=0)
    if end_of_last and size - end_of_last < size // 50:
        size = end_of_last  # what is left at the end is not worth a cell
    spans, column = [], 0
    for place, extent in enumerate(ordered):
        rest = 2 * (len(ordered) - place - 1)  # cells the ones after this need at least
        begin = max(column, min(inner - rest - 2, extent.start * inner // size))
        end = max(begin + 2, (extent.start + extent.size) * inner // size)
        end = min(end, inner - rest)
        spans.append(Span(glyphs.dot * (begin - column), "dim"))
        spans.append(Span(_block(end - begin, extent.letter, glyphs), extent.style))
        column = end
    spans.append(_free(inner - column, glyphs))
    return (
        Span(glyphs.map_left, "frame"),
        *(s for s in spans if s.text),
        Span(glyphs.map_right, "frame"),
    )


def _block(width: int, letter: str, glyphs: Glyphs) -> str:
    """A partition: filled, its letter in the middle, a gap at its end."""
    filled = width - 1
    if filled < 5:
        return letter[: max(1, filled)].ljust(filled, glyphs.full) + glyphs.map_gap
    before = (filled - 3) // 2
    return f"{glyphs.full * before} {letter} {glyphs.full * (filled - before - 3)}{glyphs.map_gap}"


def _free(width: int, glyphs: Glyphs) -> Span:
    if width < 12:
        return Span(glyphs.dot * max(0, width), "dim")
    before = (width - 6) // 2
    return Span(f"{glyphs.dot * before} free {glyphs.dot * (width - 6 - before)}", "dim")
