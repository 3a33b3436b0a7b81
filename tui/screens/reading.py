"""Reading: a text that scrolls, over the whole screen (details of a disk, output, all keys)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.glyphs import Glyphs
from tui.keys import SCROLL, bindings
from tui.screens.modal import Modal
from tui.text import Line, Span, line, rule
from tui.widgets.canvas import Canvas


class Reading(Modal[None]):
    """``make`` gives the lines for a width; up, down, page keys scroll; esc or enter ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "close", show=False),
        *bindings(SCROLL),
    ]
    AUTO_FOCUS = ""

    def __init__(self, glyphs: Glyphs, title: str, make: Callable[[int], Sequence[Line]]) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.heading = title
        self.make = make
        self.title_line = Canvas(glyphs, id="title")
        self.body = Canvas(glyphs, id="body")
        self.footer = Canvas(glyphs, id="footer")

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.body
        yield self.footer

    def on_mount(self) -> None:
        self.call_after_refresh(self.paint)

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        width = self.app.size.width
        self.title_line.show([rule(self.heading, width, self.glyphs.horizontal)])
        self.body.show(list(self.make(width)))
        self._paint_place()

    def _paint_place(self) -> None:
        height = self.body.size.height
        last = min(self.body.rows, self.body.top + height)
        place = f"   lines {self.body.top + 1} to {last} of {self.body.rows}"
        more = place if self.body.rows > height else ""
        keys = line(" ", Span("up down", "key"), " scroll  ", Span("esc", "key"), " back", more)
        self.footer.show([keys])

    def action_scroll(self, by: int) -> None:
        self.body.scroll_lines(by)
        self._paint_place()

    def action_page(self, by: int) -> None:
        self.action_scroll(by * max(1, self.body.size.height - 1))

    def action_top(self) -> None:
        self.action_scroll(-self.body.rows)

    def action_bottom(self) -> None:
        self.action_scroll(self.body.rows)

    def action_close(self) -> None:
        self.answer(None)
