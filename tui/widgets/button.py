"""A button of a dialog, worked by keys; the focused one stands between > and <."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.glyphs import UNICODE, Glyphs
from tui.text import STYLES, short

WIDEST = 30  # cells of a label: two buttons stand side by side


class DialogButton(Widget, can_focus=True):
    """``[ label ]``; posts Pressed on enter or space.

    Once: keys pressed before the dialog has seen it add nothing.
    """

    DEFAULT_CSS = "DialogButton { width: auto; height: 1; background: ansi_default; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "press", show=False)]

    class Pressed(Message):
        """The button was pressed."""

        def __init__(self, button: DialogButton) -> None:
            super().__init__()
            self.button = button

    def __init__(self, label: str, glyphs: Glyphs = UNICODE, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.label = glyphs.readable(short(label, WIDEST, glyphs.cut))
        self.styles.width = cell_len(self.label) + 6
        self._told = False

    def render_line(self, y: int) -> Strip:
        del y
        if self.has_focus:
            return Strip([Segment(f"[> {self.label} <]", STYLES["cursor"])])
        return Strip([Segment(f"[  {self.label}  ]", STYLES[""])])

    def action_press(self) -> None:
        if not self._told:
            self._told = True
            self.post_message(self.Pressed(self))

    def again(self) -> None:
        """The dialog has seen it: another press is a new one."""
        self._told = False
