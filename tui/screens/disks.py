"""Screen 1: source and mirror side by side, the arrays beneath, and the other disks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType

from bootmirror.engine.view import Phase
from bootmirror.machine.model import Disk
from bootmirror.plan.model import Side
from tui.keys import Key, bindings
from tui.screens.base import BaseScreen
from tui.screens.choose import ChooseDisk
from tui.screens.details import disk_details
from tui.screens.reading import Reading
from tui.text import EMPTY, Line, Span, beside, line, rule, wrap
from tui.widgets.array_lines import array_lines
from tui.widgets.disk_pane import disk_lines, future_lines
from tui.words import size

KEYS = (
    Key(
        "s", "s", "choose('source')", "source", "choose the source: the disk the machine runs from"
    ),
    Key("m", "m", "choose('mirror')", "mirror", "choose the mirror: the disk that will be erased"),
    Key("enter", "enter", "plan", "plan", "make the plan and show its configuration files"),
    Key("i", "i", "details", "details", "all facts about the disks"),
    Key("ctrl+r", "ctrl+r", "look", "look again", "look at the machine again now"),
)
CHOOSING = ("s", "m", "enter")


class DisksScreen(BaseScreen):
    """Looking at the disks, and choosing two of them."""

    place = "disks"
    KEYS: ClassVar[tuple[Key, ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def shown_keys(self) -> Iterable[Key]:
        free = self.state.phase is Phase.NONE
        return [key for key in KEYS if free or key.keys not in CHOOSING]

    def body_lines(self, width: int, height: int) -> list[Line]:
        del height
        glyphs, state = self.state.glyphs, self.state
        left_width = (width - 1) // 2
        right_width = width - 1 - left_width
        left = self._pane(Side.SOURCE, left_width)
        right = self._pane(Side.MIRROR, right_width)
        divider = Span(glyphs.vertical, "frame")
        tops = beside(
            left[:1], right[:1], left_width, right_width, Span(glyphs.horizontal, "frame")
        )
        return [
            *tops,
            *beside(left[1:], right[1:], left_width, right_width, divider),
            *self._obstacles(width),
            rule("ARRAYS", width, glyphs.horizontal),
            *array_lines(state.machine, width, glyphs),
            *self._others(width),
            *self._warnings(width),
        ]

    def _pane(self, side: Side, width: int) -> list[Line]:
        state, glyphs = self.state, self.state.glyphs
        title = rule(side.value.upper(), width, glyphs.horizontal)
        disk = state.disk(side)
        if disk is None:
            return [title, *wrap(self._none(side), width - 1, " ", "dim", " ")]
        lines = [title, *disk_lines(state.machine, disk, width, glyphs)]
        plan = state.shown_plan
        if plan is not None and side is Side.MIRROR and state.phase in (Phase.NONE, Phase.APPROVED):
            lines += future_lines(plan, side, disk, width, glyphs)
        return lines

    def _none(self, side: Side) -> str:
        state = self.state
        if state.facts.approved is not None:
            ref = state.facts.approved.disk(side)
            return f"The disk {ref.id} ({ref.model}, then {ref.name}) is not on this machine now."
        if side is Side.SOURCE:
            return "No source is chosen. Press s to see why no disk is offered."
        if not state.facts.mirrors:
            return "The mirror is chosen after the source."
        offered = any(not reasons for reasons in state.facts.mirrors.values())
        return (
            "No mirror is chosen yet. Press m to choose one."
            if offered
            else "No disk can be the mirror. Press m to see why."
        )

    def _obstacles(self, width: int) -> list[Line]:
        """Why nothing can be converted on this machine now, whichever disk were chosen."""
        reasons = self.state.obstacles() if self.state.phase is Phase.NONE else ()
        if not reasons:
            return []
        glyphs = self.state.glyphs
        lines = [rule("IN THE WAY", width, glyphs.horizontal)]
        for reason in reasons:
            lines += wrap(str(reason), width - 1, "   ", "warn", f" {glyphs.bad}")
        return lines

    def _others(self, width: int) -> list[Line]:
        """The disks that are neither source nor mirror, each with why it is not offered."""
        chosen = {d.id for d in (self.state.disk(s) for s in Side) if d is not None}
        others = [disk for disk in self.state.machine.disks if disk.id not in chosen]
        if not others:
            return []
        lines: list[Line] = [EMPTY, line(Span(" other disks", "bold"))]
        for disk in others:
            about = "  ".join(filter(None, (disk.name, size(disk.size), disk.model)))
            lines += wrap(f"{about}{self._refusal(disk)}", width - 1, "   ", "", " ")
        return lines

    def _refusal(self, disk: Disk) -> str:
        if self.state.phase is not Phase.NONE:
            return ""
        reasons = self.state.facts.mirrors.get(disk.id)
        if reasons is None:
            return ""
        return f": not offered. {reasons[0].message}" if reasons else ": could be the mirror"

    def _warnings(self, width: int) -> list[Line]:
        plan = self.state.plan if self.state.phase is Phase.NONE else None
        if plan is None or not plan.warnings:
            return []
        lines: list[Line] = [EMPTY]
        for text in plan.warnings:
            lines += wrap(text, width - 1, "   ", "warn", " ! ")
        return lines

    # -- keys -------------------------------------------------------------------------------

    def action_choose(self, wanted: str) -> None:
        if self.state.phase is not Phase.NONE:
            self.desk.say(
                "A conversion is under way",
                "Its two disks are fixed by its plan.",
                "Undo it first (3, then u) to choose others.",
            )
            return
        side = Side(wanted)
        facts = self.state.facts
        refusals = facts.sources if side is Side.SOURCE else facts.mirrors
        if not refusals:
            self.desk.say("Choose the source first", "The mirror is judged beside its source.")
            return
        chosen = self.state.disk(side)
        dialog = ChooseDisk(
            self.state.glyphs,
            f"Choose the {side.value}",
            self.state.machine.disks,
            refusals,
            chosen.id if chosen else "",
        )
        self.desk.ask(dialog, lambda disk_id: self._chosen(side, disk_id))

    def _chosen(self, side: Side, disk_id: str | None) -> None:
        if disk_id is not None:
            self.desk.planning.choose(side, disk_id)

    def action_plan(self) -> None:
        self.desk.planning.make_plan()

    def action_look(self) -> None:
        self.desk.poller.look_now()

    def action_details(self) -> None:
        state = self.state
        self.desk.ask(
            Reading(state.glyphs, "All disks", lambda width: disk_details(state.machine, width))
        )
