"""Rehearsal: a disk boots alone in a virtual machine, its console live on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import BindingType

from bootmirror.engine.view import Phase, Proof, RehearsalView
from tui.keys import Key, bindings
from tui.screens.base import BaseScreen
from tui.state import State
from tui.text import EMPTY, Line, padded, rule, wrap
from tui.widgets.console import Console
from tui.widgets.rehearsal_pane import (
    accelerator,
    disk_lines,
    end_lines,
    progress_line,
    stage_line,
    verdict_lines,
)

START = Key("s", "s", "start", "start", "boot it in a virtual machine; the disks are only read")
STOP = Key("x", "x", "stop", "stop", "switch the virtual machine off; nothing is recorded of it")
OTHER = Key("tab,shift+tab", "tab", "other", "other disk", "the other disk")
BACK = Key("escape", "esc", "back", "back", "back to the steps; a rehearsal goes on")
KEYS = (START, STOP, OTHER, BACK)
SCROLLING = Key("", "up down", "", "scroll", "")
FEWEST = 4  # rows of console, however much is said above it

WHAT = (
    "A rehearsal starts a virtual machine and shows its console here, until the system says that "
    "it is up with its root on the array, or time is over. The disks are only read: what the "
    "virtual machine writes is thrown away."
)
HOW = {
    Phase.REBOOT: "It is the first boot that is rehearsed: what the next reboot will do.",
    Phase.DONE: "The machine has this disk alone: it must boot as if the other one had died.",
}
NOT_NOW = (
    "This is no time to rehearse: the first boot can be rehearsed just before the reboot, each "
    "disk when all is done."
)


class RehearseScreen(BaseScreen):
    """Reached from the steps. Leaving it stops nothing."""

    place = "run"
    KEYS: ClassVar[tuple[Key, ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._chosen = ""  # id of the disk that was chosen by key
        self.serial = Console()
        self._seconds = 0.0  # of the rehearsal that was shown last

    # -- which disk -------------------------------------------------------------------------

    @property
    def selected(self) -> str:
        """The chosen disk, else the one last rehearsed, else the first that is not proved."""
        known, last = self.state.rehearsals, self.state.view.rehearsal
        ids = [disk.id for disk in known.disks]
        wanted = (self._chosen, last.disk if last else "")
        return next((i for i in wanted if i in ids), known.first_not_proved(ids))

    @property
    def rehearsal(self) -> RehearsalView | None:
        """The rehearsal of the selected disk."""
        found = self.state.view.rehearsal
        return found if found is not None and found.disk == self.selected else None

    # -- what is shown ----------------------------------------------------------------------

    def shown_keys(self) -> Iterable[Key]:
        view = self.state.view
        live = self.state.rehearsals.running is not None
        fitting = (
            (START, self.selected in view.rehearsable and not live),
            (STOP, live),
            (OTHER, len(self.state.rehearsals.disks) > 1),
            (SCROLLING, bool(self.seen())),
            (BACK, True),
        )
        return [key for key, fits in fitting if fits]

    def seen(self) -> str:
        return self.serial.place if self.rehearsal is not None else ""

    def body_lines(self, width: int, height: int) -> list[Line]:
        state, glyphs, found = self.state, self.state.glyphs, self.rehearsal
        lines = [rule(self._heading(), width, glyphs.horizontal)]
        lines += disk_lines(state.rehearsals, self.selected, width, glyphs)
        if state.view.rehearse_hint:
            lines += [EMPTY, *wrap(state.view.rehearse_hint, width - 1, " ", "", " ")]
        if found is None:
            return [*lines, EMPTY, *self._about(width)]
        if found.seconds < self._seconds:
            self.serial = Console()  # the next one, wherever it was begun
        self._seconds = found.seconds
        lines += [EMPTY, stage_line(found, glyphs), *self._standing(found, width)]
        lines = lines[: height - FEWEST - 1]
        lines.append(rule("CONSOLE", width, glyphs.horizontal))
        room = height - len(lines)
        return [*lines, *padded(self.serial.take(found.console, width, room), room)]

    def _heading(self) -> str:
        known = self.state.rehearsals
        if self.desk.changing and not self.state.rebooting:
            return f"REHEARSAL: {'stopping' if known.running else 'starting'}"
        if not self.selected:
            return "REHEARSAL"
        found = self.rehearsal
        first_boot = found.first_boot if found else self.state.phase is Phase.REBOOT
        name = known.name_of(self.selected)
        return f"REHEARSAL: {f'the first boot, from {name}' if first_boot else f'{name} by itself'}"

    def _standing(self, found: RehearsalView, width: int) -> list[Line]:
        state = self.state
        if found.running:
            return [progress_line(found, width, state.glyphs)]
        if found.verdict is None:
            return end_lines(found, width, state.glyphs)
        kept = state.view.proof(found.disk)
        # One that says something else is of a rehearsal before: the journal is about to be written.
        same = kept is not None and (kept.verdict, kept.reason) == (found.verdict, found.reason)
        at = kept.at if kept is not None and same else 0
        proof = Proof(found.disk, at, found.verdict, found.reason, found.hint, found.seconds)
        return verdict_lines(proof, accelerator(found), width, state.glyphs)

    def _about(self, width: int) -> list[Line]:
        """What is known without a console, what a rehearsal does, and how it is begun."""
        state = self.state
        view, proof = state.view, state.view.proof(self.selected)
        lines: list[Line] = []
        if proof is not None:
            lines += [*verdict_lines(proof, "", width, state.glyphs), EMPTY]
        if not view.rehearsable and not view.rehearse_hint:
            return [*lines, *wrap(NOT_NOW, width - 1, " ", "", " ")]
        lines += wrap(f"{WHAT} {HOW.get(view.phase, '')}", width - 1, " ", "", " ")
        live, asks = state.rehearsals.running, ""
        if live is not None:
            asks = f"{state.rehearsals.name_of(live.disk)} is being rehearsed: tab shows it."
        elif self.selected in view.rehearsable and not self.desk.changing:
            asks = "Press s to start."
        return [*lines, EMPTY, *wrap(asks, width - 1, " ", "warn", " ")]

    # -- keys -------------------------------------------------------------------------------

    def action_start(self) -> None:
        view = self.state.view
        if self.selected:
            self._chosen = self.selected
            self.desk.doing.rehearse(self.selected)
            self.paint()
        else:
            self.desk.say("Nothing to rehearse", view.rehearse_hint or NOT_NOW)

    def action_stop(self) -> None:
        self.desk.doing.stop_rehearsal()
        self.paint()

    def action_other(self) -> None:
        others = [disk.id for disk in self.state.rehearsals.disks if disk.id != self.selected]
        if others:
            self._chosen = others[0]
            self.serial = Console()
            self.paint()

    def action_back(self) -> None:
        self.desk.go("run")

    def action_scroll(self, by: int) -> None:
        self._scrolled(lambda: self.serial.scroll(by))

    def action_page(self, by: int) -> None:
        self._scrolled(lambda: self.serial.scroll(by * max(1, self.serial.height - 1)))

    def action_top(self) -> None:
        self._scrolled(self.serial.scroll_to_top)

    def action_bottom(self) -> None:
        self._scrolled(self.serial.scroll_to_end)

    def _scrolled(self, move: Callable[[], None]) -> None:
        move()
        self.paint()
