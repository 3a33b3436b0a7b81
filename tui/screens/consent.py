"""Consent: a disk is erased only after the person typed its identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from bootmirror.host.clean import visible
from bootmirror.machine.model import Disk
from tui.glyphs import Glyphs
from tui.screens.dialog import Dialog
from tui.text import EMPTY, Line, Span, line, short, wrap
from tui.widgets.button import DialogButton
from tui.words import identity, kind_in_words, size

MOST_HELD = 6  # partitions named; the dialog must fit 24 rows
MOST_ROWS = 3  # of a sentence that quotes what somebody may have made as long as he liked
FRAME = 4  # rows: the box's border, and one above and below it
LABEL, SAID = 30, 40  # cells of a label or a model, and of what was typed


@dataclass(frozen=True)
class Asked:
    """What consent is asked for: the step, the disk it erases, what is on it, what stays."""

    step_id: str
    step_title: str
    disk_id: str
    disk: Disk | None
    why: str  # what this step does to the disk, and what that means now
    untouched: str  # what is not touched meanwhile

    @property
    def name(self) -> str:
        return self.disk.name if self.disk else self.disk_id


class IdField(Input):
    """What is typed or pasted; what a terminal would obey is written out."""

    def replace(self, text: str, start: int, end: int) -> None:
        super().replace(visible(text), start, end)


class Consent(Dialog[str]):
    """Gives what was typed, once it is the disk's identity; None for no.

    "No" comes first and has the focus. Typing anything goes to the field; enter in the field only
    moves on to the buttons, so that erasing takes its own key press on its own button.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "step(1)", "next", show=False),
        Binding("shift+tab,up", "step(-1)", "previous", show=False),
        Binding("left", "step(-1)", "previous", show=False),
        Binding("right", "step(1)", "next", show=False),
    ]
    AUTO_FOCUS = "#no"

    def __init__(self, glyphs: Glyphs, asked: Asked) -> None:
        super().__init__(glyphs, f"Erase disk {asked.name}?")
        self.asked = asked
        self.field = IdField(id="typed", compact=True, select_on_focus=False)
        self.field.cursor_blink = False
        self.reply = ""
        self.no = DialogButton("No, go back", id="no")
        self.erase = DialogButton(f"Erase {asked.name}", glyphs, id="erase")

    def lines(self, width: int) -> Sequence[Line]:
        asked = self.asked
        kind = kind_in_words(asked.disk_id, asked.disk)
        head = [
            *wrap(f"{asked.step_title}: {asked.why}", width),
            EMPTY,
            line(Span("Everything on this disk will be gone:", "bad")),
        ]
        tail = [
            *wrap(asked.untouched, width)[:MOST_ROWS],
            EMPTY,
            *wrap(
                f"Type the {kind} of the disk to be erased, {asked.disk_id}, then choose "
                f"Erase {asked.name}:",
                width,
            ),
            *wrap(self.reply, width, style="bad")[:MOST_ROWS],
        ]
        # What to type, and for which disk, must be seen, however long the labels on it are.
        room = self.app.size.height - self.extra_rows() - FRAME - len(head) - len(tail)
        return [*head, *_within(held_lines(asked.disk, asked.disk_id, width), room), *tail]

    def extra_rows(self) -> int:
        return 2

    def compose_below(self) -> ComposeResult:
        yield self.field
        with Horizontal(id="buttons"):
            yield self.no
            yield self.erase

    def action_step(self, by: int) -> None:
        order = [self.no, self.field, self.erase]
        at = order.index(self.focused) if self.focused in order else 0
        order[(at + by) % len(order)].focus()

    def on_key(self, event: object) -> None:
        """A character typed on a button belongs in the field."""
        key = getattr(event, "character", None)
        typed = bool(key) and getattr(event, "is_printable", False) and key != " "
        if typed and not self.field.has_focus:
            self.field.focus()
            self.field.insert_text_at_cursor(str(key))

    @on(Input.Changed)
    def changed(self) -> None:
        self._say("")

    @on(Input.Submitted)
    def submitted(self) -> None:
        if self._matches():
            self.erase.focus()

    def pressed(self, button: DialogButton) -> None:
        if button is self.no:
            self.answer(None)
        elif self._matches():
            self.answer(self.asked.disk_id)
        else:
            self.field.focus()

    def _matches(self) -> bool:
        # Blanks within an id are shown as one, wherever the line was folded.
        typed = " ".join(self.field.value.split())
        if typed == " ".join(self.asked.disk_id.split()):
            return True
        kind = kind_in_words(self.asked.disk_id, self.asked.disk)
        wrong = f'"{short(typed, SAID)}" is not the {kind} of {self.asked.name}.'
        self._say(f"{wrong if typed else 'Nothing was typed.'} Nothing is erased.")
        return False

    def _say(self, reply: str) -> None:
        if reply != self.reply:
            self.reply = reply
            self.lay_out()


def _within(lines: list[Line], rows: int) -> list[Line]:
    """The lines, or the first of them and that there are more."""
    rows = max(2, rows)
    return lines if len(lines) <= rows else [*lines[: rows - 1], line("  and more")]


def held_lines(disk: Disk | None, disk_id: str, width: int) -> list[Line]:
    """The disk, its port, and what it holds now."""
    if disk is None:
        return wrap(
            f"{disk_id} (not seen on this machine just now)", width, indent="  ", first="  "
        )
    model = short(disk.model, LABEL)
    about = "  ".join(filter(None, (disk.name, size(disk.size), model, identity(disk))))
    port = f"  on port {disk.by_path[0].rsplit('/', 1)[-1]}" if disk.by_path else ""
    lines = wrap(about + port, width, indent="  ", first="  ")
    holds = [
        _held(p.name, p.size, p.content.kind, p.content.label)
        for p in disk.partitions
        if p.content is not None
    ]
    if not holds and disk.content is not None:
        holds = [_held(disk.name, disk.size, disk.content.kind, disk.content.label)]
    if len(holds) > MOST_HELD:
        holds = [*holds[:MOST_HELD], f"and {len(holds) - MOST_HELD} more partitions"]
    return lines + wrap("holds: " + (", ".join(holds) or "nothing known"), width, "  ", "", "  ")


def _held(name: str, count: int, kind: str, label: str) -> str:
    quoted = f' "{short(label, LABEL)}"' if label else ""
    return f"{kind}{quoted} on {name} ({size(count)})"
