"""The worker: a process of its own that carries out the steps, one after the other.

It goes on from where the journal says, and ends when a consent is wanted, the reboot is reached, a
pause was asked for, a step failed, or all is done. It alone writes what steps do into the journal.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from shlex import quote

from bootmirror.engine.journal import Journal
from bootmirror.engine.leftovers import wait_for_leftovers
from bootmirror.engine.lock import Held, deciding, worker_lock
from bootmirror.engine.log import Log
from bootmirror.engine.phases import (
    REBOOT,
    Now,
    came_up,
    fell_back,
    mirror_changed,
    next_step,
    too_early,
    wanted_consent,
)
from bootmirror.engine.reader import Reader
from bootmirror.engine.rehearsals import forget_overlays, refuse_while_rehearsing
from bootmirror.engine.reporting import CommandRecorder, MakeHost, StepReport
from bootmirror.engine.stale import stale_steps, torn_steps
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.trouble import telling_trouble
from bootmirror.engine.view import StepState
from bootmirror.errors import (
    BootmirrorError,
    ExitCode,
    FellBack,
    NeedsPerson,
    NoConsent,
    Refused,
    StalePlan,
    own_fault,
)
from bootmirror.host.host import Host
from bootmirror.host.memory import peak_memory
from bootmirror.machine.model import Machine
from bootmirror.plan.model import DiskRef, Plan
from bootmirror.steps.automounts import ask_for_mounts
from bootmirror.steps.step import Step
from bootmirror.steps.told_arrays import make_sure_told


class Stopped(BaseException):
    """SIGTERM: the step at work is given up, to be begun anew later."""


class Worker:
    """Carries out ``steps`` on the state directory's approved plan."""

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
        self._host = make_host(self._commands.ended, self._commands.started)

    def run(self, until: str = "") -> ExitCode:
        """Work until something is wanted of the user, or the step ``until`` is finished; how it
        ended.

        Raises Refused when another worker is at work or nothing was approved, FellBack and
        NeedsPerson when a person must decide first.
        """
        self._state.prepare()
        with worker_lock(self._state.lock, self._around.boot_id()) as held:
            refuse_while_rehearsing(self._state)
            forget_overlays(self._state)
            try:
                return telling_trouble(
                    self._state, self._log, lambda: self._work(self._begin(held), until))
            except Stopped:
                self._log.write("stopped by SIGTERM")
                return ExitCode.FAILED
            finally:
                self._log.write(f"worker ends; its peak memory was {peak_memory()} bytes")

    def _begin(self, held: Held) -> Plan:
        wait_for_leftovers(held)
        with deciding(self._state.decision):
            return self._take_up()

    def _take_up(self) -> Plan:
        """Make sure that going on is right, and bring the journal up to what the reboot did."""
        self._reader.refresh()
        plan, history = self._reader.plan, self._reader.history
        now = self._reader.by_plan(self._now())
        if plan is None:
            raise Refused("There is no approved plan to carry out.", "Make one: bootmirror plan.")
        if history.undoing:
            raise Refused("An undo has begun.", "Undo again until it is through.")
        if too_early(history, self._steps, now):
            raise NeedsPerson(
                "The machine started from the mirror before the final copy was made.",
                "Reboot: it starts from the old disk again; then go on.",
            )
        if fell_back(history, plan, self._steps, now):
            raise FellBack(
                "The mirror ran since this old system, and is newer." if now.mirror_newer else
                "The first boot from the mirror did not come up.",
                "Read why (bootmirror status), then try again.",
            )
        self._journal.append("worker", plan_id=plan.id)
        self._log.write(f"worker begins on plan {plan.id}")
        if came_up(history, now) and history.step(REBOOT).state is not StepState.FINISHED:
            self._journal.append("rebooted", step=REBOOT)
        torn = torn_steps(history, self._steps, now)
        if torn:
            self._journal.append("again", steps=torn, afresh=True)
            return plan
        again = stale_steps(history, self._steps, now, self._around.clock())
        if again:
            self._journal.append("again", steps=again)
        return plan

    def _work(self, plan: Plan, until: str) -> ExitCode:
        ids = [step.id for step in self._steps]
        last = ids.index(until) if until in ids else len(ids)
        while True:
            self._reader.refresh()
            history, now = self._reader.history, self._now()
            step = next_step(history, self._steps, now)
            if step is None or ids.index(step.id) > last:
                self._log.write(f"all steps are finished{' up to ' * bool(until)}{until}")
                return ExitCode.DONE
            reboot = history.step(REBOOT)
            if step.after_reboot and reboot.boot_id == now.boot_id:
                return ExitCode.REBOOT_NOW
            if history.pausing:
                return ExitCode.NEEDS_PERSON
            disk = wanted_consent(history, plan, step)
            if disk is not None:
                self._log.write(no_consent(step, disk).message)
                return ExitCode.REFUSED
            code = self._one(step, plan)
            if code is not ExitCode.DONE:
                return code

    def _one(self, step: Step, plan: Plan) -> ExitCode:
        """One step, whatever comes of it written down."""
        self._commands.step = step.id
        report = StepReport(step.id, self._journal, self._state.progress)
        began = time.monotonic()
        try:
            result = self._perform(step, plan, report)
        except Stopped:
            self._journal.append("interrupted", step=step.id)
            raise
        except BootmirrorError as error:
            return self._fail(step, error, error, began)
        except Exception as error:  # noqa: BLE001 - whatever a step throws is told, never lost
            return self._fail(step, error, own_fault(error, self._state.log), began)
        finally:
            report.close()
        # The record is on the disk at once: what it speaks of must be there before it.
        self._host.sync()
        seconds = round(time.monotonic() - began, 3)
        self._journal.append("finished", step=step.id, seconds=seconds, result=result)
        self._log.write(f"{step.id} finished in {seconds} s: {result}")
        return ExitCode.DONE

    def _perform(self, step: Step, plan: Plan, report: StepReport) -> str:
        """Look, make sure, and do the step unless the facts show it done; what it found."""
        machine = self._look(plan)
        self._check_facts(plan, machine)
        make_sure_told(plan, machine, after_reboot=step.after_reboot)
        # Written before a step is passed over too: what it would erase counts as erased.
        self._journal.append("started", step=step.id)
        if step.id not in self._reader.history.retried and step.done(machine, plan) is True:
            return "already done"
        self._log.write(f"{step.id} started")
        step.run(self._host, plan, machine, report)
        return report.found

    def _look(self, plan: Plan) -> Machine:
        """On the old system with all mounted that was when the plan was made: a fact like others.

        On the mirror nothing may hold up the first boot's confirmation.
        """
        if not self._now().root_on_md:
            ask_for_mounts(self._host, plan)
        return self._around.look(self._host)

    def _check_facts(self, plan: Plan, machine: Machine) -> None:
        """Raises StalePlan, Refused when this is not the machine the plan was made for."""
        plan.mirror.find(machine)
        if self._now().root_on_md:
            return
        plan.source.find(machine)
        changed = mirror_changed(self._reader.history, plan, self._steps)
        differences = self._around.compare(plan, machine, "source" if changed else "all")
        if differences:
            raise StalePlan(
                f"The machine is not as it was when the plan was made: {'; '.join(differences)}.",
                "Undo it and make a new plan, or put that back as it was.",
                differences,
            )

    def _fail(
        self, step: Step, error: Exception, told: BootmirrorError, began: float
    ) -> ExitCode:
        self._log.exception(error)
        code = told.exit_code
        if code is ExitCode.REFUSED and self._erased_before(step):
            code = ExitCode.FAILED  # "refused" says that nothing was changed
        self._journal.append(
            "failed",
            step=step.id,
            error=type(error).__name__,
            message=told.message,
            hint=told.hint,
            exit_code=int(code),
            seconds=round(time.monotonic() - began, 3),
        )
        return code

    def _erased_before(self, step: Step) -> bool:
        """Whether a disk was erased before this step was begun."""
        plan, history = self._reader.plan, self._reader.history
        earlier = self._steps[: self._steps.index(step)]
        return plan is not None and mirror_changed(history, plan, earlier)

    def _now(self) -> Now:
        return Now(True, self._around.boot_id(), self._around.root_on_md())


def no_consent(step: Step, disk: DiskRef) -> NoConsent:
    """The refusal to run a step that nobody consented to."""
    return NoConsent(
        f"{step.id} erases {disk.name} ({disk.model}, {disk.id}), and nobody consented to that.",
        f"Consent with --erase {quote(disk.id)}, or by typing it on the screen.",
        disk.id,
    )


def listen() -> None:
    """Take SIGTERM as the wish to stop, and outlive the terminal (SIGHUP). For the process."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _stop(_number: int, _frame: object) -> None:
    """End the commands of this worker too (it leads its own process group), then give up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGTERM)
    raise Stopped
