"""What a machine can lack, or do meanwhile, while bootmirror works on it.

    full:PLACE        no room on a file system, not even for root
    inodes:PLACE      room, but no inode
    missing:PROGRAM, failing:PROGRAM=N   see lacking.py
    clock:SECONDS     the clock jumps by so many, back or on
    changing:DIRECTORY  files in it come, grow, are cut short, become directories and go away all
                        the time

``relieve`` is what a person does who is told of the first two, ``relieve_old_disk`` of too many
late files.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.guest.growing import fill
from tests.lab.guest.judging import old_system
from tests.lab.guest.lacking import failing, missing
from tests.lab.guest.results import wait_for

# Where it is filled up, by the mount point: directories whose own times do not matter.
FILLS = {"/": Path("/var/tmp/lab-fills-it"), "/boot": Path("/boot/grub/lab-fills-it")}


def full(place: str) -> None:
    handle = os.open(FILLS[place], os.O_WRONLY | os.O_CREAT, 0o600)
    fill(handle)
    os.close(handle)


def inodes(place: str) -> None:
    directory = FILLS[place]
    try:
        directory.mkdir()
        for number in range(1 << 20):
            (directory / str(number)).touch()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    if left := os.statvfs(place).f_ffree:
        raise RuntimeError(f"{left} inodes are left on {place}")


def relieve() -> None:
    """Make room again."""
    for path in FILLS.values():
        _remove(path)


def relieve_old_disk() -> None:
    """Remove what the old system need not have written, where that is mounted aside."""
    with old_system("rw") as places:
        for mount, path in FILLS.items():
            _remove(Path(places[mount]) / path.relative_to(mount))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def clock(seconds: str) -> None:
    wanted = time.time() + float(seconds)
    time.clock_settime(time.CLOCK_REALTIME, wanted)
    if abs(time.time() - wanted) > 60:
        raise RuntimeError("the clock did not jump")


def changing(directory: str) -> None:
    """By a process of its own, which ends with the machine."""
    for old in Path(directory).glob("restless-*"):
        old.rmdir() if old.is_dir() else old.unlink()
    subprocess.Popen(
        [sys.executable, "-c", _RESTLESS, directory], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    wait_for("files that come and go", lambda: any(Path(directory).glob("restless-*")))


_RESTLESS = """
import itertools, os, pathlib, sys
place = pathlib.Path(sys.argv[1])
for number in itertools.count():
    new = place / f"restless-{number % 50}"
    if new.is_dir():
        new.rmdir()
    elif number % 101 == 0 and not new.exists():
        new.mkdir()
    elif number % 7 == 0 and new.exists():
        os.truncate(new, 0)
    elif number % 3 and new.exists():
        new.unlink()
    else:
        with new.open("ab") as file:
            file.write(bytes(number % 5000))
"""

# By name; each takes its detail.
SHORTAGES: dict[str, Callable[[str], None]] = {
    "full": full, "inodes": inodes, "missing": missing, "failing": failing, "clock": clock,
    "changing": changing,
}
