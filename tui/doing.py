"""What changes something: approval, consent, start, pause, retry, reboot, undo; rehearsals."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bootmirror.engine.session import StepActions
from bootmirror.engine.view import UNDO, Phase
from bootmirror.plan.model import Plan
from tui.consents import asked_for
from tui.screens.consent import Consent
from tui.screens.dialog import Confirm
from tui.screens.run import (
    STARTABLE,
    TOO_EARLY,
    UNDOING,
    pause_possible,
    retry_possible,
    undo_possible,
)
from tui.state import State

if TYPE_CHECKING:
    from tui.app import BootmirrorApp

TELLS = 2.0  # seconds


class Doing:
    """Each asks the person what must be asked, then calls the engine."""

    def __init__(self, app: BootmirrorApp, state: State) -> None:
        self.app = app
        self.state = state

    def approve(self, plan: Plan, steps: Sequence[StepActions]) -> None:
        """Ask consent for what is erased before the reboot, then approve and start."""
        if self.state.session.read_only:
            self.app.say_read_only()
            return
        step = next((s for s in steps if s.erases and not s.after_reboot), None)
        session = self.state.session
        if step is None:
            self.app.change(lambda: session.approve(plan), session.start)
            return
        asked = asked_for(self.state.machine, plan, step.id, step.title, step.erases)

        def answer(typed: str | None) -> None:
            if typed is not None:
                self.app.change(
                    lambda: session.approve(plan),
                    lambda: session.consent(step.id, typed),
                    session.start,
                )

        self.app.ask(Consent(self.state.glyphs, asked), answer)

    def ask_consent(self) -> None:
        """The step that waits erases a disk: ask, and go on if it was given."""
        state, view = self.state, self.state.view
        plan = state.facts.approved
        if view.phase is not Phase.CONSENT or plan is None:
            return
        if state.session.read_only:
            self.app.say_read_only()
            return
        title = next((s.title for s in view.steps if s.id == view.consent_step), view.consent_step)
        asked = asked_for(state.machine, plan, view.consent_step, title, view.consent_disk,
                          newer=view.mirror_newer)
        session = state.session

        def answer(typed: str | None) -> None:
            if typed is not None:
                self.app.change(lambda: session.consent(asked.step_id, typed), session.start)

        self.app.ask(Consent(state.glyphs, asked), answer)

    def go_on(self) -> None:
        if self.state.phase in STARTABLE:
            session = self.state.session
            paused = self.state.phase is Phase.PAUSED
            self.app.change(*([lambda: session.pause(False)] if paused else []), session.start)

    def pause(self) -> None:
        if pause_possible(self.state.view):
            session, wanted = self.state.session, not self.state.view.pausing
            # A reboot that waits for the copy is a change under way, for minutes.
            change = self.app.change_beside if self.state.rebooting else self.app.change
            change(lambda: session.pause(wanted))

    def retry(self) -> None:
        if retry_possible(self.state.view):
            self.app.change(self.state.session.retry, self.state.session.start)

    def reboot(self) -> None:
        if self.state.phase is Phase.REBOOT and not self._rehearsing():
            self._confirm(
                "Reboot now?",
                "Reboot",
                self._reboot,
                "The machine starts once from the mirror. If that does not come up, it "
                "falls back to the old disk by itself.",
                self.state.rehearsals.before_reboot(),
                "This connection will be lost: log in again and start bootmirror.",
            )

    def _reboot(self) -> None:
        """Where the copy is made once more first, this waits for it: nobody else reboots then."""
        self.state.rebooting = True
        try:
            self.state.session.reboot()
        finally:
            self.state.rebooting = False

    def undo(self) -> None:
        if undo_possible(self.state.view):
            if self._rehearsing():
                return
            if self.state.view.mirror_newer:
                self._undo_newer()
                return
            self._confirm(
                "Undo everything?",
                "Undo",
                self.state.session.undo,
                "The arrays are stopped, the boot entry is removed and the mirror is "
                "blanked. The source disk is as it was.",
                "The copy on the mirror will be gone.",
            )
        elif self.state.view.too_early:
            self.app.say("Reboot first", TOO_EARLY)
        elif self.state.phase is Phase.RUNNING and self.state.view.undoing:
            self.app.say("Undoing already", UNDOING)
        elif self.state.phase is Phase.RUNNING:
            self.app.say("Not while a step runs", "Pause first (p); then undo.")
        elif self.state.phase is not Phase.NONE:
            self.app.say(
                "Undo is not possible from here",
                "The machine runs from the mirror. Until the old disk is erased, its old system "
                "can be chosen in its boot menu: undo there.",
            )

    def _undo_newer(self) -> None:
        """The mirror holds what nothing else does: its id is to be typed."""
        state, plan = self.state, self.state.facts.approved
        if plan is None or state.session.read_only:
            self.app.say_read_only()
            return
        asked = asked_for(state.machine, plan, UNDO, "Undo", plan.mirror.id, newer=True)
        session = state.session

        def answer(typed: str | None) -> None:
            if typed is not None:
                self.app.change(lambda: session.consent(UNDO, typed), session.undo)

        self.app.ask(Consent(state.glyphs, asked), answer)

    def rehearse(self, disk_id: str) -> None:
        """Begin to boot the disk alone. Nothing is asked: it is only read."""
        if not self._rehearsing():
            self.app.change(lambda: self._begin(disk_id), stay=True)

    def _begin(self, disk_id: str) -> None:
        """Begin it, and wait a little until it tells of itself: then the screen shows it at once.
        """
        session = self.state.session
        before = session.view().rehearsal
        session.rehearse(disk_id)
        until = time.monotonic() + TELLS
        while session.view().rehearsal in (None, before) and time.monotonic() < until:
            time.sleep(0.05)

    def stop_rehearsal(self) -> None:
        """Nothing is asked here either: what is stopped can be begun again."""
        if self.state.rehearsals.running is not None:
            self.app.change(self.state.session.stop_rehearsal, stay=True)

    def _rehearsing(self) -> bool:
        """Whether a disk is being rehearsed; says so: it must not change meanwhile."""
        live = self.state.rehearsals.running
        if live is not None:
            self.app.say(
                f"Not while {self.state.rehearsals.name_of(live.disk)} is rehearsed",
                "Wait for the end of the rehearsal, or stop it (e, then x).",
            )
        return live is not None

    def _confirm(self, title: str, yes: str, work: Callable[[], None], *texts: str) -> None:
        if self.state.session.read_only:
            self.app.say_read_only()
            return
        question = Confirm(self.state.glyphs, title, yes, *texts)
        self.app.ask(question, lambda sure: self.app.change(work) if sure else None)
