"""Rehearses a disk of the conversion, in a process that outlives the screen."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import replace

from bootmirror.engine.journal import Journal
from bootmirror.engine.lock import at_work, only_one
from bootmirror.engine.log import Log
from bootmirror.engine.reader import Reader
from bootmirror.engine.rehearsals import (
    STOPPED,
    another_rehearsal,
    forget_overlays,
    refuse_rehearsal,
)
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.view import Phase, RehearsalView, Stage
from bootmirror.errors import BootmirrorError, ExitCode, NotWritten, Refused, own_fault
from bootmirror.host.host import Host
from bootmirror.host.private import replace_private
from bootmirror.host.private_directory import make_private_directory
from bootmirror.plan.model import Plan
from bootmirror.records import to_plain
from bootmirror.rehearsal.outcome import Outcome, Verdict
from bootmirror.rehearsal.rehearse import Moment, Stopped, rehearse
from bootmirror.rehearsal.settings import Settings
from bootmirror.rehearsal.subject import Subject, alone, first_boot
from bootmirror.steps.step import Step

SHOWN = 200  # lines of the console that readers get
EVERY = 1.0  # seconds between two writings for them


class Rehearsing:
    """One rehearsal, from the refusals to the record.

    Nobody sees this process: however it ends, its readers are told, with the way out.
    """

    def __init__(
        self,
        state: State,
        steps: Sequence[Step],
        around: Surroundings | None = None,
        host: Host | None = None,
    ) -> None:
        self._state = state
        self._around = around or Surroundings()
        self._host = host or Host()
        self._reader = Reader(state, steps, self._around)
        self._log = Log(state.log)
        self._shown = RehearsalView("", True, Stage.PREPARING, 0.0, 0.0)  # what readers see
        self._written = float("-inf")

    def run(self, disk_id: str, settings: Settings) -> ExitCode:
        """Rehearse that disk; DONE when it is proved. Raises Refused while another is at work."""
        self._state.prepare()
        lock, boot_id = self._state.rehearsal_lock, self._around.boot_id()
        with only_one(lock, boot_id, another_rehearsal) as held:
            held.settled()  # the earlier ones' machines ended with them
            try:
                return self._carry_out(disk_id, settings)
            except Stopped:
                self._end(STOPPED)
                self._log.write(f"the rehearsal of {disk_id} was stopped by SIGTERM")
                return ExitCode.FAILED
            except BootmirrorError as error:
                return self._fail(error, error)
            except Exception as error:  # noqa: BLE001 - as in an undo: told, never lost
                return self._fail(error, own_fault(error, self._state.log))

    def _carry_out(self, disk_id: str, settings: Settings) -> ExitCode:
        self._begin(disk_id)
        plan = self._allowed(disk_id)
        try:
            outcome = self._boot(self._subject(plan, disk_id, settings.bus), settings)
        finally:
            forget_overlays(self._state)
        self._record(disk_id, outcome)
        return ExitCode.DONE if outcome.verdict is Verdict.PROVED else ExitCode.FAILED

    def _begin(self, disk_id: str) -> None:
        """Before anything is looked at: who sees the lock held is not to wait for a word.

        Raises NotWritten: without that word what the last one left would be taken for this one's.
        """
        self._shown = replace(self._shown, disk=disk_id, began=self._around.clock())
        try:
            self._put()
        except OSError as error:
            raise NotWritten(self._state.rehearsal, error) from error

    def _allowed(self, disk_id: str) -> Plan:
        """The plan this disk is of. Raises Refused when it is no time to rehearse it."""
        if at_work(self._state.lock):
            raise Refused("A worker is at work.", "Wait for it, or pause it; then rehearse.")
        view = self._reader.view()
        refuse_rehearsal(view, disk_id)
        plan = self._reader.plan
        assert plan is not None, "nothing is rehearsable without one"
        self._shown = replace(self._shown, first_boot=view.phase is Phase.REBOOT)
        self._write()
        return plan

    def _subject(self, plan: Plan, disk_id: str, bus: str) -> Subject:
        machine = self._around.look(self._host)
        if self._shown.first_boot:
            return first_boot(plan, machine, bus)
        disk = next(d for d in (plan.source, plan.mirror) if d.id == disk_id)
        return alone(plan, disk, machine, bus)

    def _boot(self, subject: Subject, settings: Settings) -> Outcome:
        forget_overlays(self._state)
        make_private_directory(self._state.overlays)
        return rehearse(self._host, subject, self._state.overlays, settings, self._tell)

    def _record(self, disk_id: str, outcome: Outcome) -> None:
        """Into the journal first: who sees the end of it finds the record there."""
        journal = Journal(self._state.journal, self._around.boot_id(), self._around.clock)
        journal.append(
            "rehearsed", disk=disk_id, verdict=outcome.verdict.value, reason=outcome.reason,
            hint=outcome.hint, seconds=round(outcome.seconds, 1),
            first_boot=self._shown.first_boot,
        )
        self._shown = replace(self._shown, stage=outcome.stage)
        self._end(outcome.reason, outcome.hint, outcome.verdict)
        self._log.write("\n".join((
            f"rehearsal of {disk_id}: {outcome.verdict}: {outcome.reason} Its console:",
            *(f"  {line}" for line in self._shown.console),
        )))

    def _tell(self, moment: Moment) -> None:
        self._shown = replace(
            self._shown, stage=moment.stage, seconds=round(moment.seconds, 1),
            limit=moment.limit, console=moment.console[-SHOWN:], accelerator=moment.accelerator,
        )
        if time.monotonic() - self._written >= EVERY:
            self._write()

    def _fail(self, error: Exception, told: BootmirrorError) -> ExitCode:
        self._shown = replace(self._shown, refused=isinstance(told, Refused))
        self._end(told.message, told.hint)  # first: the log may be what fails
        self._log.exception(error)
        return told.exit_code

    def _end(self, reason: str, hint: str = "", verdict: Verdict | None = None) -> None:
        """How it ended is said once: what comes after the verdict takes nothing of it back."""
        if self._shown.running:
            self._shown = replace(
                self._shown, running=False, verdict=verdict, reason=reason, hint=hint)
        self._write()

    def _write(self) -> None:
        with contextlib.suppress(OSError, Refused):  # it is only for show
            self._put()

    def _put(self) -> None:
        self._written = time.monotonic()
        replace_private(self._state.rehearsal, json.dumps(to_plain(self._shown)))
