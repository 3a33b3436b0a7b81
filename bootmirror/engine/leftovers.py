"""Commands that outlived a killed worker: the next worker waits for them before it does the same.

A worker leads its own session, so what it started can be known by its session. Under systemd the
unit's cgroup is ended as a whole, and none are left.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from bootmirror.errors import Refused

PATIENCE = 120.0  # seconds


def wait_for_leftovers(leader: int, patience: float = PATIENCE) -> None:
    """Wait until nothing of a dead worker's session runs. Raises Refused when it takes too long."""
    until = time.monotonic() + patience
    while found := leftovers(leader):
        if time.monotonic() > until:
            raise Refused(
                f"Commands of an earlier worker are still running (processes {found}).",
                "Wait for them or end them (ps, kill), then go on.",
            )
        time.sleep(0.2)


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
