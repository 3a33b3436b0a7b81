"""Rehearsals as readers see them: which disks can be rehearsed, and how the last one went."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from dataclasses import replace

from bootmirror.engine.lock import at_work, holder
from bootmirror.engine.state import State
from bootmirror.engine.view import ConversionView, Phase, RehearsalView
from bootmirror.errors import BootmirrorError, Refused, UsageError
from bootmirror.host.private import read_private
from bootmirror.plan.model import DiskRef, Plan
from bootmirror.records import from_plain

STOPPED = "It was stopped."
SILENT = "It ended without a result: it was killed, or memory was short."
STOPS = 20.0  # seconds its machine may take to be switched off


def rehearsable(phase: Phase, plan: Plan | None) -> tuple[DiskRef, ...]:
    """The disks whose boot can be rehearsed: before the reboot the mirror's first boot, and each
    by itself when all is done. In between a disk is half made, or about to be erased."""
    if plan is None:
        return ()
    return {
        Phase.REBOOT: (plan.mirror,),
        Phase.DONE: (plan.source, plan.mirror),
    }.get(phase, ())


def refuse_rehearsal(view: ConversionView, disk_id: str) -> None:
    """Raises Refused where this disk cannot be rehearsed now."""
    if view.phase is Phase.RUNNING:
        raise Refused("A worker is at work.", "Wait for it, or pause it; then rehearse.")
    if view.rehearse_hint:
        raise Refused("No disk can be rehearsed on this machine yet.", view.rehearse_hint)
    if disk_id in view.rehearsable:
        return
    if view.rehearsable:
        raise Refused(f"{disk_id} cannot be rehearsed now.",
                      f"What can be: {' and '.join(view.rehearsable)}.")
    raise Refused(
        f"This is no time to rehearse. {view.headline}",
        "The first boot can be rehearsed just before the reboot, each disk when all is done.",
    )


def refuse_while_rehearsing(state: State) -> None:
    """Raises Refused while a disk is rehearsed: it must not change meanwhile."""
    if at_work(state.rehearsal_lock):
        raise another_rehearsal(holder(state.rehearsal_lock))


def another_rehearsal(pid: str) -> Refused:
    return Refused(
        f"A disk's boot is being rehearsed (process {pid}).",
        "Wait for its end, or stop it (bootmirror rehearse --stop).",
    )


def stop_rehearsal(state: State, patience: float = STOPS) -> None:
    """End the one that runs, if one does, and wait until its machine is off.

    Raises BootmirrorError when it does not end.
    """
    until = time.monotonic() + patience
    while at_work(state.rehearsal_lock):
        pid = holder(state.rehearsal_lock)
        if pid.isdigit():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)
        if time.monotonic() > until:
            raise BootmirrorError(f"The rehearsal (process {pid}) does not end.",
                                  f"End it: kill -KILL {pid}; its machine goes with it.")
        time.sleep(0.1)


def look_why(log: object) -> str:
    """What to do about one that ended and did not say why."""
    return f"Look into {log} and, where memory was short, at dmesg; then rehearse again."


def forget_overlays(state: State) -> None:
    """Remove what one that was killed has left, which would be copied with the state directory."""
    shutil.rmtree(state.overlays, ignore_errors=True)


class RehearsalReader:
    """Reads what the process that rehearses leaves in the run directory about once a second."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._read: tuple[tuple[int, int], RehearsalView | None] = ((0, 0), None)

    def stamp(self) -> tuple[tuple[int, int], bool, int]:
        """Another value whenever the view may be another: while one runs, each second."""
        running = at_work(self._state.rehearsal_lock)
        return self._written(), running, int(time.monotonic()) if running else 0

    def view(self) -> RehearsalView | None:
        last, running = self._settled()
        if last is None or last.running == running:
            return last
        if running:  # the next one has begun and told nothing yet
            return None
        # One that was stopped has said so itself.
        return replace(last, running=False, reason=SILENT, hint=look_why(self._state.log))

    def _settled(self) -> tuple[RehearsalView | None, bool]:
        """What was told last and whether one is at work, of one moment: one that ends, or begins,
        between the two questions is none that ended without a word."""
        while True:
            running, written = at_work(self._state.rehearsal_lock), self._written()
            if written != self._read[0]:
                self._read = written, self._load()
            if at_work(self._state.rehearsal_lock) == running:
                return self._read[1], running

    def _load(self) -> RehearsalView | None:
        try:
            return from_plain(RehearsalView, json.loads(read_private(self._state.rehearsal)))
        except (OSError, ValueError, UsageError):
            return None

    def _written(self) -> tuple[int, int]:
        """Each writing is a new file: two of them may be of one tick of the kernel's clock."""
        try:
            found = os.stat(self._state.rehearsal)  # noqa: PTH116 - polled
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino
