"""A system that grows until its mirror is too small for it.

The mirror's root is a little smaller than the source's: md keeps a part of each disk for itself.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tests.lab.guest.copies import copies

GROWN = Path("/var/tmp/lab-grew")
PIECE, SMALLEST = 1 << 16, 512  # bytes
LEAVES = 384 << 10  # bytes given back, for the journal


def grows(place: str) -> None:
    """Also into what is kept for root. Raises RuntimeError when all of it fits the mirror."""
    with GROWN.open("wb", buffering=0) as file:
        fill(file.fileno())
        os.ftruncate(file.fileno(), file.tell() - LEAVES)
        os.fsync(file.fileno())
    used, room = used_on(place), room_on_copy()
    print(f"grows: {used} bytes in use, {room} fit the mirror", flush=True)
    if used <= room:
        raise RuntimeError(f"{used} bytes fit the mirror, which takes {room}")


def fill(handle: int) -> None:
    """Write until there is no room: that is before nothing is free, since ext4 keeps a few blocks
    that nobody gets (reserved_clusters, Documentation/ABI/testing/sysfs-fs-ext4)."""
    size = PIECE
    while size >= SMALLEST:
        try:
            os.write(handle, os.urandom(size))
            os.fsync(handle)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            size //= 2


def used_on(place: str) -> int:
    use = os.statvfs(place)
    return (use.f_blocks - use.f_bfree) * use.f_frsize


def room_on_copy() -> int:
    """Bytes that the copy of the root takes in all, whatever is on it already."""
    with copies() as mounted:
        whole = {array: os.statvfs(place) for array, place in mounted.items()}
        array, use = max(whole.items(), key=lambda item: item[1].f_blocks)  # /boot is smaller
        kept = int(Path(f"/sys/fs/ext4/{array}/reserved_clusters").read_text())
    return (use.f_blocks - kept) * use.f_frsize
