"""Waiting until XFS has written its log back to where the files are.

No call asks XFS for it but a freeze, and a worker killed with /boot or / frozen would leave a
machine that hangs. XFS does it by itself, every fs.xfs.xfssyncd_centisecs (30 s), and tells in
sysfs how far it is (Documentation/ABI/testing/sysfs-fs-xfs, since Linux 3.17).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

LONGEST = 180.0  # seconds: six of its rounds
BETWEEN = 0.5  # seconds between two looks

Place = tuple[int, int]  # in the log: its cycle and a block of 512 bytes


def written_back(directory: int) -> bool:
    """Wait for all that was done in a directory's file system so far; whether it came to that.

    The directory is an open one. False at once where it is no XFS.
    """
    log = _log(directory)
    try:
        os.fsync(directory)  # the log itself is on the disk, up to its head
        head = _place(log / "log_head_lsn")
        _go_on(directory)
        until = time.monotonic() + LONGEST
        while _place(log / "log_tail_lsn") < head:
            if time.monotonic() > until:
                return False
            time.sleep(BETWEEN)
        os.fsync(directory)  # out of the disk's own cache, too
    except (OSError, ValueError):
        return False
    return True


def _log(directory: int) -> Path:
    number = os.fstat(directory).st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve().name
    return Path("/sys/fs/xfs", device, "log")


def _place(file: Path) -> Place:
    cycle, block = file.read_text().split(":")
    return int(cycle), int(block)


def _go_on(directory: int) -> None:
    """One more entry behind the head, or a file system at rest would leave its tail before it.

    It is of a file without a name: a change to one that is waited for would move that one back.
    """
    handle = os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o600, dir_fd=directory)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
