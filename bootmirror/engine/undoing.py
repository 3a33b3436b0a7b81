"""Undo: while the source is whole, take the mirror away again. A worker of its own kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from shlex import quote

from bootmirror.actions.action import Action
from bootmirror.engine.history import History
from bootmirror.engine.journal import Journal
from bootmirror.engine.leftovers import wait_for_leftovers
from bootmirror.engine.lock import Held, deciding, worker_lock
from bootmirror.engine.log import Log
from bootmirror.engine.phases import Now, mirror_changed, source_changed
from bootmirror.engine.reader import Reader
from bootmirror.engine.rehearsals import refuse_while_rehearsing
from bootmirror.engine.reporting import CommandRecorder, MakeHost, StepReport
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.trouble import telling_trouble
from bootmirror.engine.view import UNDO
from bootmirror.engine.worker import Stopped
from bootmirror.errors import (
    BootmirrorError,
    ExitCode,
    JournalFailed,
    NoConsent,
    Refused,
    own_fault,
)
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.step import Step

Actions = Callable[[Plan, Machine], tuple[Action, ...]]


def refuse_undo(history: History, plan: Plan, steps: Sequence[Step], now: Now) -> None:
    """Raises Refused where an undo would take the system away, NoConsent where the mirror is newer
    than the system that runs and nobody consented to erasing it."""
    if source_changed(history, plan, steps):
        raise Refused(
            "The old disk has begun to become part of the mirror: there is no way back.",
            "Go on with the conversion (bootmirror resume).",
        )
    if now.root_on_md:
        raise Refused(
            "The machine runs from the mirror, which an undo would take away.",
            f"Reboot, choose the old system in the boot menu of {plan.source.name}; undo there.",
        )
    if now.mirror_newer and (UNDO, plan.mirror.id) not in history.consents:
        raise NoConsent(
            f"The mirror {plan.mirror.name} ran this machine after the system that runs now: what "
            "was written since is on it alone, and an undo erases it.",
            "To keep it boot the mirror (its disk in the boot menu). To undo all the same: "
            f"bootmirror undo --erase {quote(plan.mirror.id)}.",
            plan.mirror.id,
        )


class UndoWorker:
    """Carries out the undo in a process that outlives the screen."""

    def __init__(
        self,
        state: State,
        steps: Sequence[Step],
        around: Surroundings | None = None,
        make_host: MakeHost = Host,
    ) -> None:
        self._state = state
        self._steps = tuple(steps)
        self._around = around or Surroundings()
        self._journal = Journal(state.journal, self._around.boot_id(), self._around.clock)
        self._log = Log(state.log)
        self._reader = Reader(state, steps, self._around)
        self._commands = CommandRecorder(self._journal, self._log)
        self._commands.step = UNDO
        self._host = make_host(self._commands.ended, self._commands.started)

    def run(self, actions: Actions) -> ExitCode:
        """Raises Refused when there is nothing to undo, or no way back."""
        self._state.prepare()
        with worker_lock(self._state.lock, self._around.boot_id()) as held:
            refuse_while_rehearsing(self._state)
            try:
                return telling_trouble(self._state, self._log, lambda: self._undo(actions, held))
            except Stopped:
                self._log.write("the undo was stopped by SIGTERM")
                return ExitCode.FAILED

    def _begin(self) -> Plan:
        self._reader.refresh()
        plan = self._reader.plan
        if plan is None:
            raise Refused("No conversion is under way.", "There is nothing to undo.")
        refuse_undo(self._reader.history, plan, self._steps, self._reader.now_by_plan())
        self._journal.append("undoing", plan_id=plan.id)
        return plan

    def _undo(self, actions: Actions, held: Held) -> ExitCode:
        wait_for_leftovers(held)
        with deciding(self._state.decision):
            plan = self._begin()
        left = ""
        try:
            if mirror_changed(self._reader.history, plan, self._steps):
                left = self._perform(plan, actions)
        except JournalFailed:
            raise
        except BootmirrorError as error:
            return self._fail(error, error)
        except Exception as error:  # noqa: BLE001 - as with a step: told, never lost
            return self._fail(error, own_fault(error, self._state.log))
        self._host.sync()  # as with a step: the record must not outlive what it speaks of
        self._journal.append("undone", plan_id=plan.id, left=left)
        self._log.write(f"plan {plan.id} was undone")
        return ExitCode.DONE

    def _fail(self, error: Exception, told: BootmirrorError) -> ExitCode:
        self._log.exception(error)
        self._journal.append("undo-failed", message=told.message, hint=told.hint)
        return told.exit_code

    def _perform(self, plan: Plan, actions: Actions) -> str:
        """What could not be taken back; "" when all was."""
        report = StepReport(UNDO, self._journal, self._state.progress)
        try:
            for action in actions(plan, self._around.look(self._host)):
                report.note(action.describe())
                action.perform(self._host, report)
        finally:
            report.close()
        return report.found
