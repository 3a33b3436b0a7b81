"""Journal, lock and progress file, read into one view. Only reads; cheap enough to poll."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bootmirror.actions.report import Progress
from bootmirror.engine.history import History
from bootmirror.engine.journal import JournalTail
from bootmirror.engine.lock import at_work
from bootmirror.engine.phases import (
    Now,
    Standing,
    mirror_kept,
    standing,
    state_of,
    too_early,
    wanted_consent,
)
from bootmirror.engine.plan_file import load_plan
from bootmirror.engine.rehearsals import RehearsalReader, rehearsable
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.trouble import trouble
from bootmirror.engine.view import ConversionView, Phase, StepState, StepView
from bootmirror.engine.words import advice, headline
from bootmirror.errors import NotRead, UsageError
from bootmirror.host.private import read_private
from bootmirror.plan.model import Plan
from bootmirror.records import from_plain
from bootmirror.steps.step import Step

OUTPUT = 200  # lines of output in a view
TAKEN_BACK = (
    "The boot from the mirror was taken back: it would have started with the files of then.",
    "Go on: what changed is copied once more; then reboot.",
)


class Reader:
    """Follows one state directory. Not for several threads at once.

    ``explain`` says why a first boot did not come up; it is asked once for each fall-back.
    """

    def __init__(
        self,
        state: State,
        steps: Sequence[Step],
        around: Surroundings,
        explain: Callable[[Plan], str] = lambda plan: "",
    ) -> None:
        self._state = state
        self._steps = tuple(steps)
        self._around = around
        self._explain = explain
        self._tail = JournalTail(state.journal)
        self._rehearsals = RehearsalReader(state)
        self._history = History()
        self._plan: Plan | None = None
        self._why: tuple[tuple[str, float], str] | None = None
        self._last: tuple[object, ConversionView] | None = None

    def refresh(self) -> bool:
        """Take in what was written since; whether there was anything."""
        if not self._state.check():
            gone = self._plan is not None
            self._history, self._plan = History(), None
            return gone
        records, fresh = self._tail.read()
        if fresh:
            self._history = History()
        self._history.fold(records)
        if fresh or any(r["kind"] in ("approved", "undone") for r in records):
            self._plan = self._read_plan()
        if fresh or records:
            self._last = None  # also where another method took them in before view() is asked
        return fresh or bool(records)

    @property
    def history(self) -> History:
        return self._history

    @property
    def plan(self) -> Plan | None:
        """The approved plan of the conversion the journal speaks of; its disks are named as the
        kernel calls them today."""
        return None if self._plan is None else self._around.today(self._plan)

    def now(self) -> Now:
        around = self._around
        lacking = around.lacking()
        return Now(
            at_work(self._state.lock), around.boot_id(), around.root_on_md(), lacking,
            around.holding(lacking),
        )

    def _own(self, arrays: tuple[str, ...]) -> tuple[str, ...]:
        """Those that may be the mirror's: another array of the machine may lack a disk too."""
        plan = self.plan if arrays else None
        if plan is None:
            return arrays
        disks = {plan.source.name, plan.mirror.name}
        held = {a: set(self._around.holding((a,))) for a in arrays}
        return tuple(a for a in arrays if not held[a] or disks & held[a])

    def now_by_plan(self) -> Now:
        """What is so, with what only the plan and the journal can tell."""
        return self.by_plan(self.now())

    def by_plan(self, now: Now) -> Now:
        """That, of this mirror's arrays alone, and with whether the mirror is newer."""
        plan = self._plan
        newer = (plan is not None and mirror_kept(self._history, plan, self._steps, now)
                 and self._around.mirror_ran(self._around.today(plan)))
        own = self._own(now.lacking)
        holding = now.holding if own == now.lacking else self._around.holding(own)
        return replace(now, lacking=own, holding=holding, mirror_newer=newer)

    def view(self) -> ConversionView:
        """The whole view; the very same object while nothing changes."""
        settled, changed = self._settled()
        now, plan = self.by_plan(settled), self.plan
        at = standing(self._history, plan, self._steps, now)
        can = self._rehearsable(at)
        stamp = (now, plan and (plan.source.name, plan.mirror.name), can, self._second(at),
                 _written(self._state.progress), _written(self._state.trouble),
                 self._rehearsals.stamp())
        if self._last is not None and not changed and self._last[0] == stamp:
            return self._last[1]
        view = self._build(now, at, plan, can)
        self._last = (stamp, view)
        return view

    def _settled(self) -> tuple[Now, bool]:
        """Lock and journal of one moment, and whether the journal had grown.

        The lock is asked first: a worker that has gone by then has written all it had to say.
        Should one come or go in between, both are asked anew.
        """
        changed = False
        while True:
            now = self.now()
            grown = self.refresh()
            changed = changed or grown
            if not grown or self.now().at_work == now.at_work:
                return now, changed

    def _build(
        self, now: Now, at: Standing, plan: Plan | None, can_rehearse: tuple[tuple[str, ...], str]
    ) -> ConversionView:
        history = self._history
        words = (history, plan, self._steps, now, at)
        told = None if now.at_work else trouble(self._state)
        message, hint = told or self._message(now, at)
        disk = wanted_consent(history, plan, at.step) if plan and at.step else None
        waits = at.phase is Phase.CONSENT and disk is not None
        can, lacks = can_rehearse
        return ConversionView(
            phase=at.phase,
            headline=headline(*words),
            next=advice(*words, can_rehearse=bool(can)),
            plan_id=plan.id if plan else "",
            steps=tuple(self._step(step, now) for step in self._steps) if plan else (),
            progress=self._progress(now, at),
            consent_step=at.step.id if waits and at.step else "",
            consent_disk=disk.id if waits and disk else "",
            output=tuple(history.output)[-OUTPUT:],
            message=message,
            hint=hint,
            mirror_newer=now.mirror_newer,
            pausing=history.pausing,
            exit_code=self._exit_code(at),
            rehearsal=self._rehearsals.view(),
            proofs=tuple(history.proofs.values()),
            rehearsable=can,
            rehearse_hint=lacks,
            undoing=history.undoing,
            too_early=too_early(history, self._steps, now),
        )

    def _rehearsable(self, at: Standing) -> tuple[tuple[str, ...], str]:
        """Which disks can be rehearsed now, and what lacks for it where it is time to."""
        disks = rehearsable(at.phase, self._plan)
        if not disks or self._plan is None:
            return (), ""
        lacks = self._around.cannot_rehearse(bool(self._plan.boot.esp))
        return ((), lacks) if lacks else (tuple(disk.id for disk in disks), "")

    def _step(self, step: Step, now: Now) -> StepView:
        told = self._history.step(step.id)
        state = state_of(self._history, step.id, now)
        seconds = told.seconds
        if state is StepState.RUNNING:
            seconds = max(0.0, round(self._around.clock() - told.began, 1))
        disk = step.erases(self._plan) if self._plan else None
        return StepView(
            step.id, step.title, state, seconds, told.message, told.hint, step.after_reboot,
            disk.id if disk else "",
        )

    def _message(self, now: Now, at: Standing) -> tuple[str, str]:
        """What went wrong and what to do, in the phases that have that."""
        told = self._history.step(at.step.id) if at.step else None
        if at.phase is Phase.FELL_BACK and not (told and told.message):
            return self._fallback(), (
                "Boot the mirror: its disk in the boot menu. A new try, or an undo, erases it."
                if now.mirror_newer else
                "Look into it, then try again; the source is as it was.")
        if too_early(self._history, self._steps, now) and self._plan:
            return (
                "The machine started from the mirror before the final copy was made.",
                "Reboot: it starts from the old disk again; then go on.",
            )
        if self._history.undoing and at.phase is Phase.INTERRUPTED:
            return self._history.undo_message, self._history.undo_hint
        if at.phase is Phase.INTERRUPTED and at.step:
            return f"{at.step.id} had begun, but no worker is at work.", "Go on: it begins anew."
        if self._history.taken_back and at.phase is Phase.PAUSED:
            return TAKEN_BACK
        tells = told is not None and at.phase in (Phase.FAILED, Phase.FELL_BACK)
        return (told.message, told.hint) if told is not None and tells else ("", "")

    def _exit_code(self, at: Standing) -> int:
        failed = at.phase is Phase.FAILED and at.step is not None
        return self._history.step(at.step.id).exit_code if failed and at.step else 0

    def _fallback(self) -> str:
        if self._plan is None:
            return ""
        key = (self._plan.id, self._history.step("reboot").ended)
        if self._why is None or self._why[0] != key:
            self._why = (key, self._explain(self._plan))
        return self._why[1]

    def _progress(self, now: Now, at: Standing) -> Progress | None:
        if not now.at_work or at.step is None:
            return None
        try:
            progress = from_plain(Progress, json.loads(read_private(self._state.progress)))
        except (OSError, ValueError, UsageError):
            return None
        return progress if progress.step == at.step.id else None

    def _second(self, at: Standing) -> int:
        """Seconds run on while a step is at work, and only then."""
        return int(time.monotonic()) if at.phase is Phase.RUNNING else 0

    def _read_plan(self) -> Plan | None:
        if not self._history.plan_id:
            return None
        try:
            text = read_private(self._state.plan).decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotRead(self._state.plan, error) from error
        plan = load_plan(text, str(self._state.plan))
        return plan if plan.id == self._history.plan_id else None


def _written(path: Path) -> int:
    """When a file was last written; 0 where it is not."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - polled
    except OSError:
        return 0
