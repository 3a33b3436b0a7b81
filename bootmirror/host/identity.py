"""Is this device still the disk we mean? Asked on the open descriptor, just before a write."""

from __future__ import annotations

import fcntl
import os
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bootmirror.errors import Refused, StepFailed

# linux/fs.h: _IOR(0x12, 114, size_t); a size_t has four bytes on a 32-bit machine.
BLKGETSIZE64 = (2 << 30) | (struct.calcsize("N") << 16) | (0x12 << 8) | 114


@contextmanager
def held(path: str, devno: str, size: int) -> Iterator[int]:
    """Hold a block device open for writing, exclusively, having made sure what it is.

    ``devno`` is "major:minor" and ``size`` bytes, as the snapshot that named the disk had them.
    O_EXCL on a block device fails while it, or a partition of it, is mounted or in an array.
    Raises Refused when it is another device, another size, or in use, StepFailed when it cannot
    be read or written.
    """
    handle = _open_alone(path, os.O_RDWR)
    try:
        _same(handle, path, devno, size)
        yield handle
    except OSError as error:
        raise StepFailed(f"{path} cannot be read or written: {error.strerror}.",
                         "Look at the disk and its cable (dmesg), then try again.") from error
    finally:
        os.close(handle)


def _open_alone(path: str, mode: int) -> int:
    """A handle nobody else may claim meanwhile. Raises Refused."""
    try:
        return os.open(path, mode | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise Refused(
            f"{path} cannot be opened for us alone: {error.strerror}.",
            "Something still uses it: look at lsblk and /proc/mdstat, free it, then try again.",
        ) from error


@contextmanager
def claimed(path: str) -> Iterator[None]:
    """Have the kernel give a device to nobody else meanwhile; programs may write to it. Raises
    Refused while somebody has it."""
    handle = _open_alone(path, os.O_RDONLY)
    try:
        yield
    finally:
        os.close(handle)


def make_sure_unused(path: str, patience: float = 5.0) -> None:
    """Raises Refused while the kernel has given the device to anybody: mounted, a member, swap.

    ``patience`` in seconds: md lets go of the members of a stopped array a moment later.
    """
    until = time.monotonic() + patience
    while True:
        try:
            os.close(_open_alone(path, os.O_RDONLY))
        except Refused:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _same(handle: int, path: str, devno: str, size: int) -> None:
    status = os.fstat(handle)
    if not stat.S_ISBLK(status.st_mode):
        raise Refused(f"{path} is not a block device.", "Nothing was written.")
    found = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    buffer = fcntl.ioctl(handle, BLKGETSIZE64, b"\0" * 8)
    now = int(struct.unpack("Q", buffer)[0])
    if (found, now) != (devno, size):
        raise Refused(
            f"{path} is not the disk it was: device {found} of {now} bytes in place of "
            f"{devno} of {size} bytes.",
            "Nothing was written. Start bootmirror again: it will look at the disks anew.",
        )


def make_sure(path: str, devno: str, size: int) -> None:
    """The same check without holding the device: for programs that want it for themselves.

    Raises Refused when it is another device or another size.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise Refused(
            f"{path} cannot be opened: {error.strerror}.", "Nothing was written; look at lsblk."
        ) from error
    try:
        _same(handle, path, devno, size)
    finally:
        os.close(handle)
