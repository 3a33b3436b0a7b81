"""Commands of the worker's that are killed on purpose, each by each signal while it runs."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from bootmirror.engine.lock import at_work, holder
from bootmirror.engine.state import State

LOOK = 0.005  # seconds between two looks
SPARED = 0.1  # of what could be struck, left alone: else the same run of it is always hit
ONE_EACH = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
STILL = (psutil.STATUS_STOPPED, psutil.STATUS_DISK_SLEEP)


@dataclass(frozen=True)
class Aim:
    """A command, told by its name and a word among its arguments."""

    name: str
    word: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.word)))

    def is_it(self, process: psutil.Process) -> bool:
        # The kernel keeps 15 characters of a name.
        return process.name()[:15] == self.name[:15] and (
            not self.word or self.word in process.cmdline())


AIMED_AT = (Aim("rsync"), Aim("cp"), Aim("mdadm", "--create"), Aim("mdadm", "--add"),
            Aim("wipefs", "--all"), Aim("mkfs.ext4"), Aim("update-initramfs"))


def strike(
    victim: psutil.Process, number: signal.Signals,
    still: Callable[[psutil.Process], bool] = lambda process: True,
) -> bool:
    """Send a signal to a command that is seen to live: it is stopped first; whether it was."""
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        os.kill(victim.pid, signal.SIGSTOP)
        until = time.monotonic() + 1.0
        while victim.status() not in (*STILL, psutil.STATUS_ZOMBIE) and time.monotonic() < until:
            time.sleep(0.001)
        lived = victim.status() in STILL and still(victim)
        if lived:
            os.kill(victim.pid, number)
        with contextlib.suppress(ProcessLookupError):  # what SIGKILL has ended may be gone by now
            os.kill(victim.pid, signal.SIGCONT)
        return lived
    return False


def worker() -> int:
    """The process id of the worker at work, or 0."""
    lock = State().lock
    return int(holder(lock) or 0) if at_work(lock) else 0


def commands() -> list[psutil.Process]:
    """What the worker runs now."""
    pid = worker()
    try:
        return psutil.Process(pid).children(recursive=True) if pid else []
    except psutil.NoSuchProcess:
        return []


class Aiming:
    """Strikes all that is aimed at, once with each signal, whatever else goes on meanwhile.

    ``tell`` is given each strike; ``last`` is when the last one was (time.monotonic).
    """

    def __init__(self, chance: random.Random, tell: Callable[[str], None]) -> None:
        self.last = 0.0
        self._chance = chance
        self._tell = tell
        self._left = [(aim, number) for aim in AIMED_AT for number in ONE_EACH]
        chance.shuffle(self._left)
        self._spared: set[int] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Aiming:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while self._left and not self._over.wait(LOOK):
            for process in commands():
                with contextlib.suppress(psutil.NoSuchProcess):
                    self._at(process)

    def _at(self, process: psutil.Process) -> None:
        found = next((each for each in self._left if each[0].is_it(process)), None)
        if found is None or process.pid in self._spared:
            return
        aim, number = found
        if self._chance.random() < SPARED:
            self._spared.add(process.pid)
        elif strike(process, number, aim.is_it):
            self._left.remove(found)
            self.last = time.monotonic()
            self._tell(f"{aim} {number.name}")
