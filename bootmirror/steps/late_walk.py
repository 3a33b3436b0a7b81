"""Which files of one tree changed since a moment and are not alike in another. Only looks.

A path may be as long as the kernel takes (PATH_MAX, limits.h) before either tree is mounted
somewhere below, and longer then: directories are opened piece by piece.
"""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import itertools
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
PIECE = 1 << 16  # bytes compared at a time
GONE = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP))
STEP = 8  # names opened at once: of 255 bytes each they stay below PATH_MAX


@dataclass(frozen=True)
class LateFile:
    """One of them: its path from the root of its file system, and the bytes it takes."""

    path: str
    size: int


def late_files(
    source: str, copy: str, since: float, excluded: tuple[str, ...]
) -> Iterator[LateFile]:
    """Files below ``source`` whose inode changed after ``since`` and that are not alike below
    ``copy``; everything in a directory that was renamed since.

    A rename changes the directory's inode and that of the one it is in, and nothing below it (ext2
    to ext4, XFS). One that is not there without these marks was removed from the running system, or
    is a link in it: nobody wrote what lies in it.

    ``excluded`` are patterns anchored at the file system's root, as in ``own_files``.
    """
    pending = [("", False, False)]
    device = os.lstat(source).st_dev
    while pending:
        folder, lacking, all_new = pending.pop()
        with contextlib.ExitStack() as held:
            if (here := _opened_if_still_there(held, source, folder)) is None:
                continue
            # Not even looked for: a link that took its place may lead anywhere.
            there = None if lacking else _if_there(held, copy, folder)
            names_changed = os.fstat(here).st_ctime >= since
            for entry in held.enter_context(os.scandir(here)):
                path = f"{folder}/{entry.name}".removeprefix("/")
                if any(fnmatch.fnmatchcase(f"/{path}", pattern) for pattern in excluded):
                    continue
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # of a tree that is in use
                    continue
                if stat.S_ISDIR(found.st_mode):
                    if found.st_dev == device:
                        lacks = not _is_directory(entry.name, there)
                        renamed = lacks and names_changed and found.st_ctime >= since
                        pending.append((path, lacks, all_new or renamed))
                elif stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
                    changed = all_new or found.st_ctime >= since
                    if changed and not _alike(entry.name, found, here, there):
                        yield LateFile(path, found.st_blocks * 512)


def batches(files: Iterable[LateFile], size: int) -> Iterator[list[LateFile]]:
    """Them in lists of at most ``size``."""
    rest = iter(files)
    while batch := list(itertools.islice(rest, size)):
        yield batch


@contextlib.contextmanager
def opened(root: str, folder: str) -> Iterator[int]:
    """A handle of a directory below ``root``, however long its path is. Raises OSError."""
    names = folder.split("/") if folder else []
    handle = os.open(root, DIRECTORY)
    try:
        for at in range(0, len(names), STEP):
            below = os.open("/".join(names[at : at + STEP]), DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle
    finally:
        os.close(handle)


def _opened_if_still_there(
    held: contextlib.ExitStack, root: str, folder: str
) -> int | None:
    """None for a directory of a tree in use that went away meanwhile. Raises OSError."""
    try:
        return held.enter_context(opened(root, folder))
    except OSError as error:
        if folder and error.errno in GONE:
            return None
        raise


def _if_there(held: contextlib.ExitStack, root: str, folder: str) -> int | None:
    try:
        return held.enter_context(opened(root, folder))
    except OSError:
        return None


def _is_directory(name: str, there: int | None) -> bool:
    if there is None:
        return False
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=there, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _alike(name: str, found: os.stat_result, here: int, there: int | None) -> bool:
    """Whether the running system has the same file: its kind, times, rights, attributes (ACLs and
    capabilities are such) and content."""
    if there is None:
        return False
    try:
        other = os.stat(name, dir_fd=there, follow_symlinks=False)
    except OSError:
        return False
    same = all(
        getattr(found, name) == getattr(other, name)
        for name in ("st_mode", "st_uid", "st_gid", "st_size", "st_mtime_ns")
    )
    if not same or _attributes(name, here) != _attributes(name, there):
        return False
    if stat.S_ISLNK(found.st_mode):
        return os.readlink(name, dir_fd=here) == os.readlink(name, dir_fd=there)
    return _same_content(name, here, there)


def _attributes(name: str, folder: int) -> dict[str, bytes]:
    """None where the file system has none, or what cannot be read: the content then tells."""
    path = f"/proc/self/fd/{folder}/{name}"  # no call takes a directory's handle and a name
    with contextlib.suppress(OSError):
        return {each: os.getxattr(path, each, follow_symlinks=False)
                for each in os.listxattr(path, follow_symlinks=False)}
    return {}


def _same_content(name: str, here: int, there: int) -> bool:
    """What cannot be read counts as another: keeping it then tells which file it is, and why."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    with (
        contextlib.suppress(OSError),
        open(os.open(name, flags, dir_fd=here), "rb", buffering=0) as one,  # noqa: PTH123
        open(os.open(name, flags, dir_fd=there), "rb", buffering=0) as other,  # noqa: PTH123
    ):
        while (piece := one.read(PIECE)) == other.read(PIECE):
            if not piece:
                return True
    return False
