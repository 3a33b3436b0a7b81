"""What a program has made takes the place of what is in use, whole and at one instant.

Programs that make boot files anew remove and rewrite those in use, and flush nothing: a power cut
then leaves half of them. So they are made beside those, flushed, and exchanged (rename(2)).
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from pathlib import Path

from bootmirror.host.checkpoint import checkpoint
from bootmirror.host.take_place import sync_directory, take_place

AT_FDCWD = -100  # fcntl.h: paths are from the present directory
RENAME_EXCHANGE = 2  # linux/fs.h
# What a file system, or a kernel, that cannot exchange answers (renameat2(2)).
CANNOT = (errno.EINVAL, errno.ENOSYS)


def replace_file(new: str | Path, place: str | Path) -> None:
    """The file ``new`` becomes ``place``, with its mode and owner. Raises OSError."""
    take_place(new, place)
    checkpoint(Path(place).parent)


def replace_directory(new: str | Path, place: str | Path) -> None:
    """The directory ``new`` becomes ``place``; what that was is gone. Raises OSError.

    Everything in it is on the disk before its name is.
    """
    _flush(Path(new))
    try:
        _exchange(Path(new), Path(place))
    except OSError as error:
        if error.errno not in CANNOT:
            raise
        old = Path(f"{new}.old")
        shutil.rmtree(old, ignore_errors=True)
        Path(place).rename(old)
        Path(new).rename(place)
        new = old
    sync_directory(Path(place).parent)
    checkpoint(Path(place).parent)  # the boot loader sees the new one before the old one goes
    shutil.rmtree(new)


def _flush(top: Path) -> None:
    for place, _directories, names in os.walk(top):
        for name in names:
            if (path := Path(place, name)).is_file() and not path.is_symlink():
                handle = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
        sync_directory(place)


def _exchange(one: Path, other: Path) -> None:
    """renameat2(2), which Python's os lacks."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other),
                          RENAME_EXCHANGE)
    if done != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(one))
