"""Files that are ours alone: the journal, the plan, the lock, and whatever else a worker acts on.

They are made with mode 0600 from their first byte on, whatever the umask. What was planted under
their name (a link, a pipe, a directory, another user's file, a second name of some other file) is
refused with a sentence, never followed and never waited for: owner, kind and mode are asked of the
open file, so that it cannot be exchanged in between.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Collection
from pathlib import Path

from bootmirror.errors import Refused

# O_NONBLOCK: a pipe that was planted must not hold us up; it means nothing for a file.
GUARD = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
# What open(2) says of a link, of a pipe or socket nobody reads, and of a directory to be written.
PLANTED = (errno.ELOOP, errno.ENXIO, errno.EISDIR)

MOVE_IT = "Look at who put it there, and move it away"


def us() -> int:
    """The user whose files are ours."""
    return os.geteuid()


def open_private(path: Path, flags: int, *, dir_fd: int | None = None) -> int:
    """A descriptor of a file of ours, made where ``flags`` has O_CREAT.

    With ``dir_fd`` only the name of ``path`` counts, in that directory. Raises Refused when it is
    not a file of ours alone, OSError when it cannot be opened.
    """
    handle = _open(path, flags, dir_fd)
    try:
        status = os.fstat(handle)
        _refuse(path, status, (us(),))
        if status.st_nlink > 1:
            raise Refused(f"{path} is another file's second name.", f"{MOVE_IT}.")
        if flags & (os.O_WRONLY | os.O_RDWR) and status.st_mode & 0o077:
            os.fchmod(handle, 0o600)
    except BaseException:
        os.close(handle)
        raise
    return handle


def make_sure_private(path: Path) -> None:
    """Raises Refused when something is there under this name that is not a file of ours alone."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    _refuse(path, status, (us(),))
    if status.st_nlink > 1:
        raise Refused(f"{path} is another file's second name.", f"{MOVE_IT}.")


def read_private(path: Path, *, dir_fd: int | None = None) -> bytes:
    """All of a file of ours. Raises Refused, OSError."""
    with os.fdopen(open_private(path, os.O_RDONLY, dir_fd=dir_fd), "rb") as file:
        return file.read()


def read_trusted(path: Path, largest: int, *, dir_fd: int | None = None) -> bytes:
    """A file a person names, all of it: root's or ours, nobody else's, and not longer than that.

    Raises Refused, OSError.
    """
    handle = _open(path, os.O_RDONLY, dir_fd)
    try:
        _refuse(path, os.fstat(handle), (0, us()))
        with os.fdopen(handle, "rb", closefd=False) as file:
            data, more = file.read(largest), file.read(1)
    finally:
        os.close(handle)
    if more:
        raise Refused(f"{path} is longer than {largest} bytes.", "Name the file that is meant.")
    return data


def replace_private(
    path: Path, text: str, *, lasting: bool = False, dir_fd: int | None = None
) -> None:
    """Exchange a file of ours in one instant, by a new one of mode 0600.

    ``lasting``: it is on the disk when this returns. Raises Refused when what is there is not ours,
    OSError when it cannot be written.
    """
    directory = dir_fd
    if directory is None:
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _replace(directory, path, text.encode("utf-8", "surrogateescape"), lasting)
    finally:
        if dir_fd is None:
            os.close(directory)


def new_file(prefix: str) -> Path:
    """A new, empty file of ours in /tmp, wherever the environment says temporary files belong."""
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".log", dir="/tmp")
    os.close(handle)
    return Path(name)


def refusal(
    path: Path, status: os.stat_result, owners: Collection[int]
) -> Refused | None:
    """Why a file or directory is not one that only these users could have written, or None."""
    if status.st_uid not in owners:
        return Refused(
            f"{path} belongs to another user (uid {status.st_uid}).",
            f"Look at what it holds; then move it away, or make it root's: chown root {path}.",
        )
    if status.st_mode & 0o022:
        return Refused(
            f"{path} can be written by others (mode {stat.S_IMODE(status.st_mode):o}).",
            f"Look at what it holds, then: chmod go-w {path}.",
        )
    return None


def _open(path: Path, flags: int, dir_fd: int | None) -> int:
    name = path if dir_fd is None else path.name
    try:
        return os.open(name, flags | GUARD, 0o600, dir_fd=dir_fd)
    except OSError as error:
        if error.errno in PLANTED:
            raise _no_file(path) from error
        raise


def _refuse(path: Path, status: os.stat_result, owners: Collection[int]) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _no_file(path)
    found = refusal(path, status, owners)
    if found is not None:
        raise found


def _no_file(path: Path) -> Refused:
    return Refused(
        f"{path} is not a regular file (a link, perhaps, a pipe or a directory).", f"{MOVE_IT}.")


def _replace(directory: int, path: Path, data: bytes, lasting: bool) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.close(open_private(path, os.O_RDONLY, dir_fd=directory))  # refuses what is not ours
    temporary = f".{path.name}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=directory)  # a killed process of the same number left it
    try:
        with os.fdopen(_new(temporary, directory), "wb") as file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        os.replace(temporary, path.name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=directory)
        raise
    if lasting:
        os.fsync(directory)


def _new(name: str, directory: int) -> int:
    return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | GUARD, 0o600, dir_fd=directory)
