"""What a terminal smaller than 80x24 shows: a sentence."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.glyphs import Glyphs
from tui.screens.modal import Modal
from tui.text import wrap
from tui.widgets.canvas import Canvas

SMALLEST = (80, 24)  # columns, rows


class TooSmall(Modal[None]):
    """Covers everything until the terminal is large enough; the app takes it away again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "leave", show=False)]
    AUTO_FOCUS = ""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self.words = Canvas(glyphs, id="body")

    def compose(self) -> ComposeResult:
        yield self.words

    def on_mount(self) -> None:
        self.call_after_refresh(self.paint)

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        width, height = self.app.size
        columns, rows = SMALLEST
        text = (
            f"bootmirror needs {columns} columns and {rows} rows; this terminal has {width} and "
            f"{height}. Make it larger, or press q to leave. Work that was begun goes on."
        )
        self.words.show(wrap(text, max(10, width - 1)))

    def action_leave(self) -> None:
        self.desk.leave()
