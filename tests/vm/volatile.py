"""Disks with a volatile write cache, for machines in QEMU: what was not flushed is lost.

QEMU reaches the image through nbdkit and the lab's plugin (tests/lab/guest/disk_cache.py), which
holds what was written until it is told to flush.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from tests.vm.machine import DiskImage

PLUGIN = Path(__file__).resolve().parents[1] / "lab" / "guest" / "disk_cache.py"
MOST = 128 << 20  # bytes in a cache; a real disk has as much
APPEARS = 20  # seconds


class VolatileDisk:
    """A disk image behind such a cache. ``chance``: one write in so many sends some of what waits
    on, in no order, drawn from ``seed``; 0: none does."""

    def __init__(self, disk: DiskImage, chance: int, seed: str = "") -> None:
        self._disk = disk
        self._chance = chance
        self._seed = seed
        self._powers = 0
        self._socket = disk.path.with_suffix(".nbd")
        self._server: subprocess.Popen[bytes] | None = None

    def power(self) -> DiskImage:
        """Switch it on: the disk as a machine is to have it."""
        self._socket.unlink(missing_ok=True)
        self._powers += 1
        log = self._disk.path.with_suffix(".nbd.log")
        with log.open("ab") as output:
            self._server = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "nbdkit", "--foreground",
                 "--unix", str(self._socket), "python", str(PLUGIN), f"file={self._disk.path}",
                 f"chance={self._chance}", f"most={MOST}",
                 f"seed={self._seed} {self._powers} {self._disk.path.name}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        deadline = time.monotonic() + APPEARS
        while not self._socket.exists():
            if time.monotonic() > deadline or self._server.poll() is not None:
                raise RuntimeError(f"no server for {self._disk.path}: {log.read_text()[-2000:]}")
            time.sleep(0.02)
        return replace(self._disk, served=f"nbd+unix:///?socket={self._socket}")

    def cut(self) -> None:
        """The power goes, and the cache with it."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None
