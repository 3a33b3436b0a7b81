"""Commands that outlived a killed worker: the next one, and an undo, waits for them.

A worker leads its own session, so what it started can be known by its session. Under systemd the
unit's cgroup is ended as a whole, and none are left.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from bootmirror.engine.lock import Held
from bootmirror.errors import Refused

PATIENCE = 120.0  # seconds


def wait_for_leftovers(held: Held, patience: float = PATIENCE) -> None:
    """Wait until nothing that earlier holders of the lock started runs any more.

    Raises Refused when it takes too long; who holds the lock next waits for the same.
    """
    until = time.monotonic() + patience
    while found := [pid for leader in held.earlier for pid in leftovers(leader)]:
        if time.monotonic() > until:
            raise Refused(
                f"Commands of an earlier worker are still running (processes {found}).",
                "Wait for them or end them (ps, kill), then go on.",
            )
        time.sleep(0.2)
    held.settled()


def leftovers(leader: int) -> list[int]:
    """Live processes of a session whose leader has gone.

    While the leader's number is in use it is another program's: then there are none of ours.
    """
    if leader in (os.getpid(), os.getsid(0)) or Path(f"/proc/{leader}").exists():
        return []
    import psutil  # noqa: PLC0415 - only a worker that follows a killed one needs it

    return sorted(
        process.pid
        for process in psutil.process_iter(["status"])
        if process.info["status"] not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
        and _session(process.pid) == leader
    )


def _session(pid: int) -> int:
    """The session of a process; 0 when it has ended meanwhile."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0
