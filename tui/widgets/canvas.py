"""Canvas: paints lines of text, and repaints only the cells that changed.

A progress line that moves by one cell costs a few bytes on the terminal, an unchanged one none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bootmirror.host.clean import visible
from tui.glyphs import UNICODE, Glyphs
from tui.text import EMPTY, STYLES, Line, Span, fit, plain, width_of

GAP = 8  # cells: two changes nearer than this are cheaper as one (a cursor move costs as much)


class Canvas(Widget):
    """A rectangle of lines, with a window that scrolls over them."""

    DEFAULT_CSS = "Canvas { background: ansi_default; color: ansi_default; }"
    can_focus = False

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._glyphs = glyphs
        self._lines: list[Line] = []
        self._top = 0

    @property
    def text(self) -> str:
        """All of its text, also what is scrolled away: for tests and the clipboard."""
        return "\n".join(plain(line).rstrip() for line in self._lines)

    @property
    def rows(self) -> int:
        return len(self._lines)

    @property
    def top(self) -> int:
        """The number of the first line in the window, from 0."""
        return self._top

    def show(self, lines: Sequence[Line]) -> None:
        """Paint these lines; only what differs from those before is sent."""
        new = [tuple(self._shown(span) for span in line) for line in lines]
        old, self._lines = self._lines, new
        top = self._top
        self._top = max(0, min(top, len(new) - self.size.height))
        if self._top != top:
            self.refresh()
            return
        window = slice(top, top + self.size.height)
        regions = []
        for y, (before, after) in enumerate(zip_longest(old[window], new[window], fillvalue=EMPTY)):
            if before != after:
                runs = _changes(self._cells(before), self._cells(after))
                regions += [Region(left, y, right - left, 1) for left, right in runs]
        if regions:
            self.refresh(*regions)

    def _shown(self, span: Span) -> Span:
        """The last gate: whatever a pane was made of, the terminal gets printable characters."""
        return Span(self._glyphs.readable(visible(span.text)), span.style)

    def scroll_lines(self, by: int) -> None:
        """Move the window; it stays within the lines."""
        self.scroll_to_line(self._top + by)

    def scroll_to_line(self, top: int) -> None:
        if not self.size.height:
            return  # not laid out yet: there is no window to move
        wanted = max(0, min(top, len(self._lines) - self.size.height))
        if wanted != self._top:
            self._top = wanted
            self.refresh()

    def reveal(self, row: int) -> None:
        """Scroll as little as needed to have this line in the window."""
        height = max(1, self.size.height)
        if row < self._top:
            self.scroll_to_line(row)
        elif row >= self._top + height:
            self.scroll_to_line(row - height + 1)

    def on_resize(self) -> None:
        self._top = max(0, min(self._top, len(self._lines) - self.size.height))

    def render_line(self, y: int) -> Strip:
        number = self._top + y
        content = self._lines[number] if number < len(self._lines) else EMPTY
        fitted = fit(content, self.size.width, self._glyphs.cut)
        segments = [Segment(span.text, STYLES[span.style]) for span in fitted if span.text]
        return Strip(segments, self.size.width)

    def _cells(self, content: Line) -> list[tuple[str, str]]:
        """Each cell's character and style; a wide character fills its second cell with ""."""
        cells: list[tuple[str, str]] = []
        for span in fit(content, self.size.width, self._glyphs.cut):
            for char in span.text:
                size = width_of((Span(char),))
                cells += [(char, span.style), *([("", span.style)] * (size - 1))]
        return cells


def _changes(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> Iterator[tuple[int, int]]:
    """Runs of cells that differ, as (first, past the last), near ones joined."""
    start = end = -1
    for x, (a, b) in enumerate(zip_longest(before, after)):
        if a == b:
            continue
        if start >= 0 and x - end > GAP:
            yield start, end
            start = x
        elif start < 0:
            start = x
        end = x + 1
    if start >= 0:
        yield start, end
