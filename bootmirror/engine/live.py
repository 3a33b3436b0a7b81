"""The engine on this machine, behind the door of session.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from bootmirror.engine.journal import Journal
from bootmirror.engine.launcher import SYSTEMD, launch, launch_rehearsal
from bootmirror.engine.leftovers import PATIENCE
from bootmirror.engine.listing import step_actions
from bootmirror.engine.lock import deciding
from bootmirror.engine.phases import mirror_changed, next_step, source_changed, wanted_consent
from bootmirror.engine.plan_file import write_plan_file
from bootmirror.engine.planning import Planning
from bootmirror.engine.reader import Reader
from bootmirror.engine.rehearsals import (
    refuse_rehearsal,
    refuse_while_rehearsing,
    stop_rehearsal,
)
from bootmirror.engine.session import StepActions
from bootmirror.engine.stale import stale_steps
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.trouble import trouble
from bootmirror.engine.undoing import refuse_undo
from bootmirror.engine.view import UNDO, ConversionView, Phase
from bootmirror.engine.worker import no_consent
from bootmirror.errors import (
    BootmirrorError,
    JournalFailed,
    NeedsPerson,
    NoConsent,
    NotWritten,
    Refused,
    StalePlan,
)
from bootmirror.host.host import Host
from bootmirror.machine.inspect import glance
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.rehearsal.settings import DEFAULT, Settings
from bootmirror.steps.automounts import ask_for_mounts
from bootmirror.steps.step import Step

# Seconds within which a worker that has the lock writes that it undoes: before that it may wait for
# what a killed one has left running.
BEGINS = PATIENCE + 30.0
FIRST_CHANGING = "partition-mirror"  # where a new try after a fall-back begins


class LiveSession(Planning):
    """Implements bootmirror.engine.session.Session; its methods may be called from any thread."""

    read_only = False

    def __init__(
        self,
        state: State | None = None,
        steps: Sequence[Step] | None = None,
        around: Surroundings | None = None,
        host: Host | None = None,
        start_worker: Callable[[Host, State, bool], None] = launch,
    ) -> None:
        self._state = state or State()
        self._host = host or Host()
        self._around = around or Surroundings()
        self._steps = _recipe() if steps is None else tuple(steps)
        self._reader = Reader(self._state, self._steps, self._around, self._why)
        self._start_worker = start_worker
        self._lock = threading.RLock()
        self._mine = ""  # the plan that was approved here

    # -- looking ----------------------------------------------------------------------------

    def look(self) -> Machine:
        return self._around.look(self._host)

    def glance(self, machine: Machine) -> Machine:
        return glance(self._host, machine)

    def view(self) -> ConversionView:
        with self._lock:
            return self._reader.view()

    def approved(self) -> Plan | None:
        with self._lock:
            self._reader.refresh()
            return self._reader.plan

    def log_path(self) -> str:
        return str(self._state.log)

    def _why(self, plan: Plan) -> str:
        try:
            return self._around.explain(self._host, plan)
        except BootmirrorError as error:
            return f"The first boot did not come up; why could not be found out: {error.message}"

    # -- what it would do -------------------------------------------------------------------

    def actions(self, machine: Machine, plan: Plan) -> tuple[StepActions, ...]:
        return step_actions(self._steps, machine, plan)

    # -- doing ------------------------------------------------------------------------------

    def approve(self, plan: Plan) -> None:
        """Write the plan down, then that it was approved: a power cut between leaves none."""
        with self._lock:
            self._none_under_way()
            self._fit(plan)
            self._state.prepare()
            with deciding(self._state.decision):
                self._none_under_way()  # another bootmirror may have been quicker
                self._write_down(plan)

    def _write_down(self, plan: Plan) -> None:
        try:
            write_plan_file(self._state.plan, plan)
            self._journal().append(
                "approved", plan_id=plan.id, source=plan.source.id, mirror=plan.mirror.id
            )
        except (NotWritten, JournalFailed) as error:
            raise Refused(error.message, error.hint) from error
        self._mine = plan.id

    def _none_under_way(self) -> None:
        phase, plan = self.view().phase, self._reader.plan
        if phase is Phase.RUNNING:
            raise Refused("A worker is at work.", "Watch it with bootmirror status.")
        if phase in (Phase.NONE, Phase.DONE) or plan is None:
            return
        if mirror_changed(self._reader.history, plan, self._steps):
            raise Refused(
                f"A conversion is under way: {self.view().headline}",
                "Go on with it (bootmirror resume) or undo it (bootmirror undo).",
            )

    def _fit(self, plan: Plan) -> None:
        """Raises Refused, StalePlan unless this plan may begin on this machine now."""
        for config, complaint in plan.errors:
            raise Refused(f"{config.path}:{complaint}.", "Correct it, then try again.")
        ask_for_mounts(self._host, plan)
        machine, choices = self.look(), plan.choices
        found = (
            *self.source_refusals(machine, choices.source),
            *self.mirror_refusals(
                machine, choices.source, choices.mirror, choices.allow_removable
            ),
        )
        for refusal in found:
            raise Refused(refusal.message, refusal.hint)
        differences = self._around.compare(plan, machine, "all")
        if differences:
            raise StalePlan(
                f"The machine is not as it was when the plan was made: {'; '.join(differences)}.",
                "Make a new plan.",
                differences,
            )

    def consent(self, step_id: str, typed: str) -> None:
        with self._lock:
            self._under_way()
            self._state.prepare()
            with deciding(self._state.decision):
                self._consent(self._under_way(), step_id, typed)

    def _consent(self, plan: Plan, step_id: str, typed: str) -> None:
        step = next((s for s in self._steps if s.id == step_id), None)
        disk = step.erases(plan) if step else plan.mirror if step_id == UNDO else None
        if disk is None:
            raise Refused(f"{step_id} erases no disk.", "Nothing was recorded.")
        if typed.strip() != disk.id:
            raise NoConsent(
                f"{typed.strip() or 'Nothing'} is not the id of {disk.name}.",
                f"{step_id} erases {disk.name} ({disk.model}): its id is {disk.id}.",
                disk.id,
            )
        if step_id == UNDO and not self._reader.now_by_plan().mirror_newer:
            return  # it wants none now, and must not count when it does
        self._journal().append("consent", step=step_id, disk=disk.id)

    def start(self) -> None:
        with self._lock:
            plan = self._under_way()
            view = self.view()
            if view.phase is Phase.RUNNING:
                raise Refused("A worker is at work already.", "Watch it with bootmirror status.")
            if view.phase is Phase.FELL_BACK:
                raise Refused(view.headline, "Read why, then try again, or undo.")
            if self._reader.history.undoing:
                raise Refused(view.headline, "Undo again until it is through.")
            if view.too_early:
                raise NeedsPerson(view.message, view.hint)
            refuse_while_rehearsing(self._state)
            self._consented(plan)
            if self._reader.history.pausing:
                self._journal().append("pause", wanted=False)
        self._start_worker(self._host, self._state, False)

    def _consented(self, plan: Plan) -> None:
        """Raises NoConsent when the very next step wants one."""
        step = next_step(self._reader.history, self._steps, self._reader.now())
        disk = wanted_consent(self._reader.history, plan, step) if step else None
        if step is not None and disk is not None and self.view().phase is Phase.CONSENT:
            raise no_consent(step, disk)

    def pause(self, wanted: bool) -> None:
        with self._lock:
            self._under_way()
            self._journal().append("pause", wanted=wanted)

    def retry(self) -> None:
        with self._lock:
            plan, view = self._under_way(), self.view()
            if view.phase is Phase.RUNNING:
                raise Refused("A worker is at work.", "Wait for it, or pause it.")
            if self._reader.history.undoing:
                raise Refused(view.headline, "Undo again until it is through.")
            whole = not source_changed(self._reader.history, plan, self._steps)
            if view.phase is Phase.FELL_BACK and whole and not self._around.root_on_md():
                ids = [step.id for step in self._steps]
                begin = ids.index(FIRST_CHANGING) if FIRST_CHANGING in ids else 0
                self._journal().append("retry", steps=ids[begin:])
            # A step that failed or was cut off runs again as it is: a record that made it one that
            # waits would hide from the worker in which boot it was cut off (engine/stale.py).

    def reboot(self) -> None:
        """Run the final copy once more where the last is out of date, then restart."""
        self._wait_for_reboot()
        refuse_while_rehearsing(self._state)
        with self._lock:
            stale = self._stale()
        if stale:
            self.start()
            while self.view().phase is Phase.RUNNING:
                time.sleep(0.2)
            self._wait_for_reboot()
            if self._reader.history.pausing:  # wished for in the last step: nothing came after it
                raise Refused("Paused before the reboot.", "Reboot when you are ready.")
        self._host.sync()
        command = ["systemctl", "reboot"] if SYSTEMD.is_dir() else ["reboot"]
        self._host.run(command, timeout=120)

    def _wait_for_reboot(self) -> None:
        view = self.view()
        if view.phase is not Phase.REBOOT:
            raise Refused(
                f"It is not time to reboot. {view.headline}", view.message or view.next
            )

    def _stale(self) -> bool:
        history, now = self._reader.history, self._reader.now()
        return bool(stale_steps(history, self._steps, now, self._around.clock()))

    def undo(self) -> None:
        """Carried out by a worker of its own, and waited for."""
        with self._lock:
            plan = self._under_way()
            if self.view().phase is Phase.RUNNING:
                raise Refused("A worker is at work.", "Wait for it, or pause it; then undo.")
            refuse_undo(self._reader.history, plan, self._steps, self._reader.now_by_plan())
            refuse_while_rehearsing(self._state)
        self._start_worker(self._host, self._state, True)
        view = self._undone()
        if view.phase is not Phase.NONE:
            raise BootmirrorError(
                view.message or "The undo did not finish.", view.hint or "Undo again."
            )

    def _undone(self) -> ConversionView:
        """The view once the undo has ended. Raises Refused when another worker was quicker."""
        seen = time.monotonic()
        while (view := self.view()).phase is Phase.RUNNING:
            if not self._reader.history.undoing and time.monotonic() - seen > BEGINS:
                break
            time.sleep(0.2)
        if view.phase is not Phase.NONE and not self._reader.history.undoing:
            told = trouble(self._state)
            if told is not None:
                raise BootmirrorError(*told)
            raise Refused(
                "Another bootmirror began to work first; nothing was undone.",
                "Wait for it, or pause it; then undo.",
            )
        return view

    # -- rehearsals -------------------------------------------------------------------------

    def rehearse(self, disk_id: str, settings: Settings = DEFAULT) -> None:
        with self._lock:
            self._under_way()
            view = self.view()
            refuse_rehearsal(view, disk_id)
            refuse_while_rehearsing(self._state)
        self._start_rehearsal(disk_id, settings)

    def stop_rehearsal(self) -> None:
        stop_rehearsal(self._state)

    def _start_rehearsal(self, disk_id: str, settings: Settings) -> None:
        launch_rehearsal(self._host, self._state, disk_id, settings)

    # ---------------------------------------------------------------------------------------

    def _under_way(self) -> Plan:
        self._reader.refresh()
        plan, mine = self._reader.plan, self._mine
        if plan is None:
            raise Refused("No conversion is under way.", "Make a plan and apply it first.")
        if mine not in ("", plan.id):
            self._mine = ""  # told once: what is done next is done knowing it
            raise Refused(
                "Another bootmirror has approved another plan since.",
                "Look at it (bootmirror status), then go on with that plan or undo it.",
            )
        return plan

    def _journal(self) -> Journal:
        return Journal(self._state.journal, self._around.boot_id(), self._around.clock)


def _recipe() -> tuple[Step, ...]:
    from bootmirror.steps.recipe import STEPS  # noqa: PLC0415 - tests bring their own

    return STEPS
