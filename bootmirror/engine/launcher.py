"""Starts the worker, or a rehearsal, so that it outlives the screen, the login and the line."""

from __future__ import annotations

import time
from pathlib import Path

from bootmirror.engine.lock import at_work
from bootmirror.engine.state import ROOT, State
from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.host.own_command import own_command
from bootmirror.rehearsal.settings import DEFAULT, Settings, as_words

SYSTEMD = Path("/run/systemd/system")  # sd_booted(3)
APPEARS = 60.0  # seconds a worker may take to appear on a slow machine


def worker_command(state: State, *, undo: bool = False) -> list[str]:
    """The worker as an argv."""
    place = [] if state.root == ROOT else ["--state", str(state.root)]
    return own_command("worker", *place, *(["--undo"] if undo else []))


def rehearsal_command(state: State, disk_id: str, settings: Settings = DEFAULT) -> list[str]:
    """A rehearsal as an argv."""
    return [*worker_command(state), f"--rehearse={disk_id}", *as_words(settings)]


def launch_command(
    host: Host, command: list[str], systemd: Path = SYSTEMD, *, rehearsal: bool = False
) -> list[str]:
    """How it is started: as a transient unit where systemd runs, else in a session of its own.

    A rehearsal is the first to go where memory gets short, the worker the last.
    """
    name, what, score = (
        ("rehearsal", "boots a disk in a virtual machine", 500) if rehearsal
        else ("worker", "carries out the conversion", -800)
    )
    if systemd.is_dir() and host.find("systemd-run"):
        # The unit's name is new each time: systemd may still hold the last one for a moment.
        return [
            "systemd-run", f"--unit=bootmirror-{name}-{time.time_ns() // 1_000_000:x}",
            f"--description=bootmirror: {what}", "--collect", "--quiet",
            "--property=UMask=0077", f"--property=OOMScoreAdjust={score}", *command,
        ]
    return ["setsid", "--fork", *command]


def launch(host: Host, state: State, undo: bool) -> None:
    """Start the worker and wait until it is at work or has written something.

    Raises CommandFailed when it cannot be started, BootmirrorError when nothing is heard of it.
    """
    before = _written(state)
    host.spawn_detached(launch_command(host, worker_command(state, undo=undo)))
    _appears("worker", state, state.lock, before)


def launch_rehearsal(host: Host, state: State, disk_id: str, settings: Settings) -> None:
    """The same for a rehearsal. Raises BootmirrorError also when it ended before it began: what
    the last one left would be taken for what this one found."""
    before, told = _written(state), host.written(state.rehearsal)
    command = rehearsal_command(state, disk_id, settings)
    host.spawn_detached(launch_command(host, command, rehearsal=True))
    _appears("rehearsal", state, state.rehearsal_lock, before)
    if not at_work(state.rehearsal_lock) and host.written(state.rehearsal) == told:
        raise BootmirrorError("The rehearsal did not begin.", f"Why, stands in {state.log}.")


def _appears(what: str, state: State, lock: Path, before: int) -> None:
    until = time.monotonic() + APPEARS
    while not at_work(lock) and _written(state) == before:
        if time.monotonic() > until:
            raise BootmirrorError(
                f"The {what} was started but does not appear.",
                f"Look into {state.log} and, where systemd runs, journalctl -u 'bootmirror-*'.",
            )
        time.sleep(0.05)


def _written(state: State) -> int:
    """Another number once a worker has written: to journal or log, or why it could do neither."""
    sizes = (p.stat().st_size for p in (state.journal, state.log) if p.exists())
    trouble = state.trouble.stat().st_mtime_ns if state.trouble.exists() else 0
    return sum(sizes) + trouble
