"""Inode flags (chattr): neither cp nor rsync keeps them, so they are set last of all.

A file that must not change (+i) cannot be brought up to date either: before a later pass they are
taken off the copy again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import fnmatch
import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.steps.late_walk import opened

# linux/fs.h: _IOR('f', 1, long), _IOW('f', 2, long), and the flags a user may set on a file of any
# file system: synchronous, immutable, append only, no dump, no access times.
LONG = struct.calcsize("l") << 16
GETFLAGS, SETFLAGS = 2 << 30 | LONG | 0x6601, 1 << 30 | LONG | 0x6602
KEPT = 0x08 | 0x10 | 0x20 | 0x40 | 0x80
NOT_HERE = (errno.ENOTTY, errno.EOPNOTSUPP, errno.ENOSYS)  # vfat and others have none
GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO)
OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC



@dataclass(frozen=True)
class ClearFlags:
    """Make every file of the copy one that can be changed."""

    target: str

    def describe(self) -> str:
        return f"take the flags +i, +a and the like off the files below {self.target}"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        for path, handle, flags in flagged(self.target):
            try:
                set_flags(handle, flags & ~KEPT)
            except OSError as error:
                raise _not_set(path, error) from error


@dataclass(frozen=True)
class KeepFlags:
    """Give the files of the copy the flags that those of the source have."""

    source: str
    target: str
    excluded: tuple[str, ...] = ()  # patterns, as in own_files: the copy's own files

    def describe(self) -> str:
        return f"give the files below {self.target} the flags (chattr) of those below {self.source}"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        for path, _handle, flags in flagged(self.source):
            if any(fnmatch.fnmatchcase(f"/{path}", pattern) for pattern in self.excluded):
                continue
            folder, _, name = path.rpartition("/")
            try:
                with opened(self.target, folder) as there, _open(name or ".", there) as copy:
                    set_flags(copy, (get_flags(copy) & ~KEPT) | (flags & KEPT))
            except FileNotFoundError:
                continue  # it came after the copy was made
            except OSError as error:
                raise _not_set(path, error) from error


def _not_set(path: str, error: OSError) -> StepFailed:
    return StepFailed(
        f"The flags of /{path} could not be set in the copy: {error.strerror}.",
        "Look at them with lsattr, take them off with chattr, then go on.")


def flagged(top: str) -> Iterator[tuple[str, int, int]]:
    """Each file and directory of one file system that has any of these flags: its path from the
    top, a handle, all its flags. What goes away meanwhile is passed over. Raises StepFailed."""
    device = os.lstat(top).st_dev
    pending = [""]
    while pending:
        folder = pending.pop()
        with _passing_over_what_is_gone(folder), opened(top, folder) as here:
            if (flags := get_flags(here)) & KEPT:
                yield folder, here, flags
            with os.scandir(here) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}".removeprefix("/")
                    with _passing_over_what_is_gone(path):
                        found = entry.stat(follow_symlinks=False)
                        if stat.S_ISDIR(found.st_mode) and found.st_dev == device:
                            pending.append(path)
                        elif stat.S_ISREG(found.st_mode):
                            with _open(entry.name, here) as one:
                                if (flags := get_flags(one)) & KEPT:
                                    yield path, one, flags


@contextlib.contextmanager
def _passing_over_what_is_gone(path: str) -> Iterator[None]:
    """The source is a system at work: a file may go, or another may take its place."""
    try:
        yield
    except OSError as error:
        if error.errno not in (*NOT_HERE, *GONE):
            raise StepFailed(
                f"The flags of /{path} could not be read: {error.strerror}.",
                "Look at it with lsattr, and at its disk (dmesg), then go on.",
            ) from error


@contextlib.contextmanager
def _open(name: str, folder: int) -> Iterator[int]:
    try:
        handle = os.open(name, OPEN, dir_fd=folder)
    except BlockingIOError:  # somebody has a lease on it (fcntl(2)), which ends in a moment
        handle = os.open(name, OPEN & ~os.O_NONBLOCK, dir_fd=folder)
    try:
        yield handle
    finally:
        os.close(handle)


def get_flags(handle: int) -> int:
    answer = fcntl.ioctl(handle, GETFLAGS, b"\0" * struct.calcsize("l"))
    return int(struct.unpack("i", answer[:4])[0])  # an int, whatever the number says


def set_flags(handle: int, flags: int) -> None:
    fcntl.ioctl(handle, SETFLAGS, struct.pack("l", flags))
