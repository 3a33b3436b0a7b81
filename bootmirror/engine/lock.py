"""One worker, and one rehearsal, at a time: a lock held for its process's life.

It is an open-file-description lock (fcntl(2), F_OFD_SETLK): like flock it goes when the process
goes, however that ends; unlike flock, others can ask whether it is held without taking it, so a
screen that looks once a second never gets into a starting worker's way.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bootmirror.errors import NotRead, Refused
from bootmirror.host.private import open_private, read_private

# struct flock of 64-bit Linux: type, whence, start, length, pid.
FLOCK = "hhqqi4x"


@dataclass(frozen=True)
class Held:
    """The lock, held. Its file holds a line for the process that has it, then one for each that
    had it before in this boot and may have left commands."""

    handle: int
    boot_id: str
    earlier: tuple[int, ...]

    def settled(self) -> None:
        """Nothing of the earlier ones runs any more: no later one has to ask."""
        self.write(())

    def write(self, earlier: tuple[int, ...]) -> None:
        """One's own line, and those of earlier ones. Killed meanwhile, it loses none of these."""
        lines = "".join(f"{pid} {self.boot_id}\n" for pid in (os.getpid(), *earlier)).encode()
        os.pwrite(self.handle, lines, 0)
        os.ftruncate(self.handle, len(lines))


@contextmanager
def worker_lock(path: Path, boot_id: str = "") -> Iterator[Held]:
    """Be the one worker, in this boot. Raises Refused when there is another."""
    with only_one(path, boot_id, _another_worker) as held:
        yield held


def _another_worker(pid: str) -> Refused:
    return Refused(
        f"A worker is at work already (process {pid}).",
        "Watch it with bootmirror, or with bootmirror status.",
    )


@contextmanager
def only_one(path: Path, boot_id: str, another: Callable[[str], Refused]) -> Iterator[Held]:
    """Hold a lock, or raise what ``another`` makes of the process id of the one that has it."""
    handle = open_private(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _flock(fcntl.F_WRLCK))
        except (BlockingIOError, PermissionError) as error:
            raise another(holder(path)) from error
        held = Held(handle, boot_id, holders_of_boot(path, boot_id))
        held.write(held.earlier)
        yield held
    finally:
        os.close(handle)


@contextmanager
def deciding(path: Path) -> Iterator[None]:
    """Be the only one for a moment who decides what is done next: waits for the others.

    A plan is approved, and a worker or an undo begins, with nothing in between: so no plan takes
    another's place once a worker has read it.
    """
    handle = open_private(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def at_work(path: Path) -> bool:
    """Whether somebody holds the lock. Takes nothing, disturbs nobody. Raises NotRead."""
    try:
        handle = open_private(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise NotRead(path, error) from error
    try:
        answer = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _flock(fcntl.F_WRLCK))
    finally:
        os.close(handle)
    return bool(struct.unpack(FLOCK, answer)[0] != fcntl.F_UNLCK)


def holder(path: Path) -> str:
    """The process id the last holder left in the lock file; "" when there was none."""
    return next((pid for pid, _ in _left(path)), "")


def holders_of_boot(path: Path, boot_id: str) -> tuple[int, ...]:
    """The same of this boot's last one, and of those before it whose commands nobody has waited
    for. A number of another boot means nothing."""
    return tuple(int(pid) for pid, boot in _left(path) if pid.isdigit() and boot == boot_id)


def _left(path: Path) -> list[tuple[str, str]]:
    """Processes and their boots, the last one first."""
    try:
        lines = read_private(path).decode("ascii").splitlines()
    except (OSError, ValueError):
        return []
    return [(pid, boot) for pid, _, boot in (line.partition(" ") for line in lines)]


def _flock(kind: int) -> bytes:
    return struct.pack(FLOCK, kind, os.SEEK_SET, 0, 0, 0)
