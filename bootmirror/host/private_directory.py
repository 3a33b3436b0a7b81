"""Directories that are ours alone: 0700, no symlinks, nobody else's."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from bootmirror.errors import Refused
from bootmirror.host.private import MOVE_IT, refusal, us


def trust(directory: Path) -> None:
    """Raises Refused unless this is a real directory, ours, that nobody else can write to."""
    _refuse(directory, directory.lstat(), (us(),))


def make_private_directory(directory: Path) -> None:
    """Make a directory of mode 0700, or make sure that it is ours and has that mode.

    Those above it are made too, closed by our umask. Raises Refused.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # what is there is looked at next
        directory.mkdir(mode=0o700)
    with opened_directory(directory, (us(),)) as handle:
        os.fchmod(handle, 0o700)


def make_sure_real(directory: Path) -> None:
    """Raises Refused when something else than a directory is there under this name."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(directory.lstat().st_mode):
            raise _no_directory(directory)


@contextmanager
def opened_directory(directory: Path, owners: Collection[int] | None = None) -> Iterator[int]:
    """A descriptor of a directory of these users (by default root or us), for what lies in it.

    Raises Refused when it is not theirs alone, OSError when it cannot be opened.
    """
    try:
        handle = os.open(
            directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except NotADirectoryError as error:  # a link too
        raise _no_directory(directory) from error
    try:
        _refuse(directory, os.fstat(handle), (0, us()) if owners is None else owners)
        yield handle
    finally:
        os.close(handle)


def _refuse(directory: Path, status: os.stat_result, owners: Collection[int]) -> None:
    if not stat.S_ISDIR(status.st_mode):
        raise _no_directory(directory)
    found = refusal(directory, status, owners)
    if found is not None:
        raise found


def _no_directory(directory: Path) -> Refused:
    return Refused(f"{directory} is not a directory of its own.",
                   f"{MOVE_IT}; bootmirror makes a new one.")
