"""Choosing a disk: all of them in a list, and under it why the one under the cursor is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk
from tui.glyphs import Glyphs
from tui.screens.dialog import Dialog
from tui.state import Refusals
from tui.text import EMPTY, Line, Span, line, short, wrap
from tui.words import identity, size

DISKS = 8  # shown at once; the list moves with the cursor
REASON_ROWS = 6
MODEL = 30  # cells


class ChooseDisk(Dialog[str]):
    """Gives the chosen disk's id, or None. A refused disk cannot be chosen.

    A removable one can, if that is the only thing against it: the caller asks about it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("enter,space", "choose", "choose", show=False),
    ]

    def __init__(
        self, glyphs: Glyphs, title: str, disks: Sequence[Disk], refusals: Refusals, chosen: str
    ) -> None:
        super().__init__(glyphs, title)
        self.disks = disks
        self.refusals = refusals
        self.at = next((i for i, disk in enumerate(disks) if disk.id == chosen), 0)

    def lines(self, width: int) -> Sequence[Line]:
        first = max(0, min(self.at - DISKS // 2, len(self.disks) - DISKS))
        window = range(first, min(first + DISKS, len(self.disks)))
        rows = [self._row(i, self.disks[i]) for i in window]
        most = max((len(self._why(disk, width)) for disk in self.disks), default=1)
        why = self._why(self.disks[self.at], width) if self.disks else []
        # As many rows for the longest reason, so that the box does not jump.
        return [
            *rows,
            EMPTY,
            *why,
            *([EMPTY] * (most - len(why))),
            EMPTY,
            line(
                Span("up down", "key"),
                " move  ",
                Span("enter", "key"),
                " choose  ",
                Span("esc", "key"),
                " back",
            ),
        ]

    def _row(self, i: int, disk: Disk) -> Line:
        sign = ">" if i == self.at else " "
        refused = self.glyphs.bad if self._reasons(disk) else self.glyphs.ok
        model = short(disk.model, MODEL, self.glyphs.cut)
        text = f"{sign} {refused} {disk.name:8} {size(disk.size):>8}  {model}  {identity(disk)}"
        return (Span(text, "cursor" if i == self.at else ""),)

    def _reasons(self, disk: Disk) -> tuple[Refusal, ...]:
        return self.refusals.get(disk.id, ())

    def _why(self, disk: Disk, width: int) -> list[Line]:
        reasons = self._reasons(disk)
        if not reasons:
            return [line(Span(f"{disk.name} can be chosen.", "good"))]
        lines: list[Line] = []
        for number, reason in enumerate(reasons):
            more = wrap(str(reason), width, indent="  ", first=self.glyphs.bad, style="warn")
            if lines and len(lines) + len(more) > REASON_ROWS:
                return [*lines, line(f"  and {len(reasons) - number} more reasons")]
            lines += more
        return lines[:REASON_ROWS]

    def action_move(self, by: int) -> None:
        self.at = max(0, min(len(self.disks) - 1, self.at + by))
        self.lay_out()

    def action_choose(self) -> None:
        if not self.disks:
            return
        disk = self.disks[self.at]
        if all(reason.code == "removable" for reason in self._reasons(disk)):
            self.answer(disk.id)
        else:
            self.app.bell()
