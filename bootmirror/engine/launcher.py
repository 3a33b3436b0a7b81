"""Starts the worker so that it outlives the screen, the login and the line."""

from __future__ import annotations

import time
from pathlib import Path

from bootmirror.engine.lock import at_work
from bootmirror.engine.state import ROOT, State
from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.host.own_command import own_command

SYSTEMD = Path("/run/systemd/system")  # sd_booted(3)
APPEARS = 60.0  # seconds a worker may take to appear on a slow machine


def worker_command(state: State, *, undo: bool = False) -> list[str]:
    """The worker as an argv."""
    place = [] if state.root == ROOT else ["--state", str(state.root)]
    return own_command("worker", *place, *(["--undo"] if undo else []))


def launch_command(host: Host, command: list[str], systemd: Path = SYSTEMD) -> list[str]:
    """How it is started: as a transient unit where systemd runs, else in a session of its own."""
    if systemd.is_dir() and host.find("systemd-run"):
        # The unit's name is new each time: systemd may still hold the last one for a moment.
        return [
            "systemd-run", f"--unit=bootmirror-worker-{time.time_ns() // 1_000_000:x}",
            "--description=bootmirror: carries out the conversion", "--collect", "--quiet",
            "--property=UMask=0077", "--property=OOMScoreAdjust=-800", *command,
        ]
    return ["setsid", "--fork", *command]


def launch(host: Host, state: State, undo: bool) -> None:
    """Start the worker and wait until it is at work or has written something.

    Raises CommandFailed when it cannot be started, BootmirrorError when nothing is heard of it.
    """
    before = _written(state)
    host.spawn_detached(launch_command(host, worker_command(state, undo=undo)))
    until = time.monotonic() + APPEARS
    while not at_work(state.lock) and _written(state) == before:
        if time.monotonic() > until:
            raise BootmirrorError(
                "The worker was started but does not appear.",
                f"Look into {state.log} and, where systemd runs, journalctl -u 'bootmirror-*'.",
            )
        time.sleep(0.05)


def _written(state: State) -> int:
    """How much has been written by workers so far: journal and log."""
    sizes = (p.stat().st_size for p in (state.journal, state.log) if p.exists())
    return sum(sizes)
