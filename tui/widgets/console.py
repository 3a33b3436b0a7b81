"""A serial console: its rows, and the window over them that follows the end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from bootmirror.host.clean import visible
from tui.text import Line, line


class Console:
    """Stays at the end while lines come, unless the person scrolled up: then it stays with what
    is read there, also when the first lines are let go."""

    def __init__(self) -> None:
        self._lines: tuple[str, ...] = ()
        self._rows: list[str] = []
        self._top = 0
        self._height = 0
        self._follows = True

    @property
    def height(self) -> int:
        """Rows of the window."""
        return self._height

    @property
    def place(self) -> str:
        """ "12-30 of 214" where there is more than the window shows, else ""."""
        last = self._top + self._height
        return f"{self._top + 1}-{last} of {len(self._rows)}" if self._last_top else ""

    def take(self, lines: Sequence[str], width: int, height: int) -> list[Line]:
        """What the window shows of these lines, in a room of this size in cells."""
        lines = tuple(lines)
        gone = let_go(self._lines, lines)
        self._top -= sum(len(folded(text, width)) for text in self._lines[:gone])
        self._lines, self._height = lines, height
        self._rows = [row for text in lines for row in folded(text, width)]
        self._top = max(0, self._last_top if self._follows else min(self._top, self._last_top))
        return [line(row) for row in self._rows[self._top : self._top + height]]

    def scroll(self, by: int) -> None:
        """Move the window by so many rows; at the end it follows again. Take once more to see."""
        self._top = max(0, min(self._top + by, self._last_top))
        self._follows = self._top == self._last_top

    def scroll_to_top(self) -> None:
        self.scroll(-len(self._rows))

    def scroll_to_end(self) -> None:
        self.scroll(len(self._rows))

    @property
    def _last_top(self) -> int:
        return max(0, len(self._rows) - self._height)


def folded(text: str, width: int) -> list[str]:
    """A line as a terminal shows it: cut where it is full, blanks kept; never read as markup."""
    rows, row, used = [], "", 0
    for char in visible(text.expandtabs()):
        cells = cell_len(char)
        if row and used + cells > width:
            rows.append(row)
            row, used = "", 0
        row, used = row + char, used + cells
    return [*rows, row]


def let_go(before: Sequence[str], after: Sequence[str]) -> int:
    """How many of the first lines are gone; the last one before may have grown meanwhile."""
    whole = tuple(before[:-1])
    for count in range(len(whole)):
        if tuple(after[: len(whole) - count]) == whole[count:]:
            return count
    return len(whole)
