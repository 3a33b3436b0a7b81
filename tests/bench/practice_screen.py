"""Bytes the full screen sends over SSH from a converted machine, beside ``watch``."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.bench.figures import Figure
from tests.vm.arrays import array_of
from tests.vm.commands import BOOTMIRROR
from tests.vm.machine import Machine
from tests.vm.progress import phase
from tests.vm.screen import Screen

START = 120  # seconds an emulated machine may take to show the screen
QUIET = 4.0  # seconds without a byte: the first paint is over (emulation pauses in the middle)
WATCHED = 20.0  # seconds
SLOW = 8_000  # KiB/s: a resync that lasts longer than it is watched
IDLE, RESYNC, PAINT = 0, 300, 25_000


@dataclass(frozen=True)
class Sent:
    """What came over the line."""

    paint: int  # bytes
    painted: float  # seconds until the last byte of it
    rate: float  # bytes a second, afterwards


def _sent(machine: Machine, *command: str, shows: str, falls_quiet: bool = True) -> Sent:
    """Run a command at a terminal of 16 colours for some seconds after its first paint."""
    began = time.monotonic()
    with Screen(machine.ssh.login("env", "TERM=xterm", "LANG=C.UTF-8", *command)) as screen:
        screen.wait_for(shows, seconds=START)
        last, seen = time.monotonic(), screen.bytes_read
        while falls_quiet and time.monotonic() - last < QUIET:
            screen.read(0.3)
            if screen.bytes_read != seen:
                last, seen = time.monotonic(), screen.bytes_read
        paint, start = screen.bytes_read, time.monotonic()
        while time.monotonic() - start < WATCHED:
            screen.read(1)
        rate = (screen.bytes_read - paint) / (time.monotonic() - start)
    return Sent(paint, last - began, rate)


def _begin_resync(machine: Machine) -> None:
    """Take one leg of the root's array out and put it in again as if it were new, slowly."""
    array = array_of(machine.ssh, "/")
    if array is None:
        raise RuntimeError("the root is on no array")
    script = (
        'set -e; array=$1; leg=$(basename "$(ls -d /sys/block/$array/md/dev-* | head -n 1)");'
        " leg=/dev/${leg#dev-}; echo $2 > /proc/sys/dev/raid/speed_limit_max;"
        " mdadm --quiet /dev/$array --fail $leg; udevadm settle;"
        " for try in 1 2 3 4 5; do mdadm --quiet /dev/$array --remove $leg && break; sleep 1; done;"
        " mdadm --zero-superblock $leg; mdadm --quiet /dev/$array --add $leg; udevadm settle;"
        " grep -q recovery /proc/mdstat"
    )
    machine.ssh.run("sh", "-c", script, "sh", array.name, str(SLOW))


def screen_figures(machine: Machine) -> list[Figure]:
    """Idle, and while a resync runs; the machine's arrays are used up by it."""
    with phase("the screen of the mirrored machine, idle"):
        idle = _sent(machine, BOOTMIRROR, shows="Mirrored.")
    _begin_resync(machine)
    with phase("the screen while a resync runs"):
        moving = _sent(machine, BOOTMIRROR, shows="rebuilding", falls_quiet=False)
    with phase("watch, while the same resync runs"):
        watched = _sent(machine, "watch", "-n1", "cat", "/proc/mdstat", shows="recovery",
                        falls_quiet=False)
    return [
        Figure("over SSH, idle", idle.rate, "B/s", IDLE),
        Figure("over SSH, first paint, 16 colours", idle.paint, "B", PAINT),
        Figure("over SSH, time to it (emulated processor)", idle.painted, "s"),
        Figure("over SSH, while a resync runs", moving.rate, "B/s", RESYNC),
        Figure("  watch -n1 cat /proc/mdstat, the same", watched.rate, "B/s"),
        Figure("  watch, first paint", watched.paint, "B"),
    ]
