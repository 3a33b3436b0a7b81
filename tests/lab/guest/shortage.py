"""What a machine can lack, or do meanwhile, while bootmirror works on it.

    full:PLACE        no room on a file system, not even for root
    inodes:PLACE      room, but no inode
    missing:PROGRAM   it is not installed any more
    failing:PROGRAM=N it ends with that exit code
    clock:SECONDS     the clock jumps by so many, back or on
    changing:DIRECTORY  files in it come, grow and go away all the time

``relieve`` is what a person does who is told of the first two.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Where it is filled up, by the mount point: directories whose own times do not matter.
FILLS = {"/": Path("/var/tmp/lab-fills-it"), "/boot": Path("/boot/grub/lab-fills-it")}
PIECE = 1 << 16
PROGRAMS = Path("/usr/sbin")  # what lies there comes first in bootmirror's PATH


def full(place: str) -> None:
    handle = os.open(FILLS[place], os.O_WRONLY | os.O_CREAT, 0o600)
    size = PIECE
    while size >= 512:
        try:
            os.write(handle, b"\xff" * size)
            os.fsync(handle)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            size //= 2
    os.close(handle)


def inodes(place: str) -> None:
    directory = FILLS[place]
    directory.mkdir()
    with contextlib.suppress(OSError):
        for number in range(1 << 20):
            (directory / str(number)).touch()


def relieve() -> None:
    """Make room again."""
    for path in FILLS.values():
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)


def missing(program: str) -> None:
    for directory in ("/usr/sbin", "/usr/bin"):
        (Path(directory) / program).unlink(missing_ok=True)


def failing(detail: str) -> None:
    program, _, code = detail.partition("=")
    missing(program)
    script = PROGRAMS / program
    script.write_text(f"#!/bin/sh\necho '{program}: it went wrong' >&2\nexit {code}\n")
    script.chmod(0o755)


def clock(seconds: str) -> None:
    time.clock_settime(time.CLOCK_REALTIME, time.time() + float(seconds))


def changing(directory: str) -> None:
    """By a process of its own, which ends with the machine."""
    subprocess.Popen(
        [sys.executable, "-c", _RESTLESS, directory], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


_RESTLESS = """
import itertools, pathlib, sys
place = pathlib.Path(sys.argv[1])
for number in itertools.count():
    new = place / f"restless-{number % 50}"
    if number % 3 and new.exists():
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
