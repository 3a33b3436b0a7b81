"""A new file takes the place of an old one: in one instant, and for good."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def take_place(
    new: str | Path, place: str | Path, mode: int | None = None, like: str | Path = ""
) -> None:
    """The file ``new`` becomes ``place``, with the mode and owner of the file that was there.

    A link's are not taken: where there was no file it gets those of ``like``, else ``mode``, or
    keeps its own. What it holds is on the disk before it has the name, and the name before this
    returns. Raises OSError.
    """
    handle = os.open(new, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        old = _file(place) or _file(like)
        if old is not None:
            os.fchown(handle, old.st_uid, old.st_gid)
            mode = stat.S_IMODE(old.st_mode)
        if mode is not None:
            os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)
    Path(new).replace(place)
    sync_directory(Path(place).parent)


def _file(path: str | Path) -> os.stat_result | None:
    """What is known of a plain file; None where there is none."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def sync_directory(path: str | Path) -> None:
    """Make names created, renamed or removed in a directory last over a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
