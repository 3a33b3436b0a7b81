"""Dialogs: a framed box over the screen. Every one can be left with esc, which changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from bootmirror.host.clean import visible
from tui.glyphs import Glyphs
from tui.screens.modal import Modal
from tui.text import EMPTY, Line, Span, short, wrap
from tui.widgets.button import DialogButton
from tui.widgets.canvas import Canvas

T = TypeVar("T")
WIDEST = 76  # cells; a box fits an 80 column screen


class Dialog(Modal[T], Generic[T]):
    """Base: a title, text, and what the subclass adds under it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "no", "no", show=False)]
    AUTO_FOCUS = ""

    def __init__(self, glyphs: Glyphs, title: str) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.box_title = title
        self.words = Canvas(glyphs, id="words")
        self.box = Vertical(id="box")

    def compose(self) -> ComposeResult:
        with self.box:
            yield self.words
            yield from self.compose_below()

    def compose_below(self) -> ComposeResult:
        return iter(())

    def lines(self, width: int) -> Sequence[Line]:
        """The text of the dialog, folded to this width."""
        raise NotImplementedError

    def extra_rows(self) -> int:
        """Rows under the text."""
        return 0

    def on_mount(self) -> None:
        self.add_class("basic" if self.glyphs.ascii else "full")
        # As a Text it is not read as markup.
        room = min(self.widest(), self.app.size.width - 4) - 6
        # Made readable first: what cannot be shown may become wider.
        title = self.glyphs.readable(visible(self.box_title))
        self.box.border_title = Text(short(title, max(1, room), self.glyphs.cut))
        self.lay_out()

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.lay_out()

    def lay_out(self) -> None:
        """Give the box the size its text needs, and show the text."""
        width = min(self.widest(), self.app.size.width - 4)
        lines = list(self.lines(width - 4))
        rows = max(1, min(len(lines), self.app.size.height - self.extra_rows() - 4))
        self.box.styles.width = width
        self.box.styles.height = rows + self.extra_rows() + 2
        self.words.styles.height = rows
        self.words.show(lines)
        # Once more when the box has its new size: what to send depends on it.
        self.call_after_refresh(self.words.show, lines)

    def widest(self) -> int:
        return WIDEST

    def action_no(self) -> None:
        self.answer(None)

    def pressed(self, button: DialogButton) -> None:
        """What a button of this dialog does."""

    @on(DialogButton.Pressed)
    def _button_pressed(self, event: DialogButton.Pressed) -> None:
        self.pressed(event.button)
        event.button.again()


def paragraphs(*texts: str, width: int) -> list[Line]:
    """Texts folded, an empty line between them; empty ones left out."""
    lines: list[Line] = []
    for text in filter(None, texts):
        lines += [*([EMPTY] if lines else []), *wrap(text, width)]
    return lines


class Notice(Dialog[None]):
    """Something to read: an error with its hint, or where the log lies. Enter or esc ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "no", "close", show=False),
        Binding("up", "scroll(-1)", "up", show=False),
        Binding("down", "scroll(1)", "down", show=False),
    ]

    def __init__(self, glyphs: Glyphs, title: str, *texts: str) -> None:
        super().__init__(glyphs, title)
        self.texts = texts
        self.keys = Canvas(glyphs, id="keys")

    def lines(self, width: int) -> Sequence[Line]:
        return [*paragraphs(*self.texts, width=width), EMPTY]

    def extra_rows(self) -> int:
        return 1

    def compose_below(self) -> ComposeResult:
        yield self.keys

    def lay_out(self) -> None:
        super().lay_out()
        more = self.words.rows + self.extra_rows() + 4 > self.app.size.height
        scroll = "   up down: scroll" if more else ""
        self.keys.show([(Span(f"enter or esc: close{scroll}", "key"),)])

    def action_scroll(self, by: int) -> None:
        self.words.scroll_lines(by)


class Confirm(Dialog[bool]):
    """A question; No stands first and has the focus. Gives True only for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right,tab,shift+tab,up,down", "other", "other", show=False),
        Binding("n", "no", "no", show=False),
    ]
    AUTO_FOCUS = "#no"

    def __init__(self, glyphs: Glyphs, title: str, yes: str, *texts: str) -> None:
        super().__init__(glyphs, title)
        self.texts = texts
        self.no = DialogButton("No, go back", id="no")
        self.yes = DialogButton(yes, glyphs, id="yes")

    def lines(self, width: int) -> Sequence[Line]:
        return [*paragraphs(*self.texts, width=width), EMPTY]

    def extra_rows(self) -> int:
        return 1

    def compose_below(self) -> ComposeResult:
        with Horizontal(id="buttons"):
            yield self.no
            yield self.yes

    def action_other(self) -> None:
        (self.no if self.yes.has_focus else self.yes).focus()

    def action_no(self) -> None:
        self.answer(False)

    def pressed(self, button: DialogButton) -> None:
        self.answer(button is self.yes)
