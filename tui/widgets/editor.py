"""The editor of one configuration file."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import TextArea

from bootmirror.plan.model import ConfigFile
from tui.glyphs import Glyphs
from tui.text import printable


class ConfigEditor(TextArea):
    """A TextArea that shows nothing but printable characters, and leaves tab to the screen."""

    def __init__(self, config: ConfigFile, glyphs: Glyphs) -> None:
        super().__init__(
            config.text,
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="focus",
            theme="css",
            compact=True,
            highlight_cursor_line=False,
        )
        self.path = config.path
        self.editable = config.editable
        self.cursor_blink = False
        self._glyphs = glyphs

    def get_line(self, line_index: int) -> Text:
        shown = self._glyphs.readable(printable(self.document.get_line(line_index)))
        return Text(shown, end="", no_wrap=True)

    def move_to(self, line: int, column: int) -> None:
        """Put the cursor there; line and column count from 1 and are kept within the text."""
        row = max(0, min(line - 1, self.document.line_count - 1))
        length = len(self.document.get_line(row))
        self.move_cursor((row, max(0, min(column - 1, length))))
