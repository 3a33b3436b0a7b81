"""Where the rehearsed system writes: a directory of our own, which goes with the rehearsal."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "bootmirror-rehearsal-"
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def own_directory(place: Path) -> Iterator[Path]:
    """A new one, for us alone, gone afterwards with all that is in it; and so is what earlier
    rehearsals of this user's left there, which were killed.

    It is locked while it is used: so one that is in use is known from one that was left.
    """
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    held = os.open(directory, DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_SH)
        _forget_others(place)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(held)


def _forget_others(place: Path) -> None:
    """Remove every such directory of this user's that nobody holds."""
    for entry in os.scandir(place):
        if not entry.name.startswith(PREFIX):
            continue
        try:
            held = os.open(entry.path, DIRECTORY)
        except OSError:  # not a directory, not ours, or gone
            continue
        try:
            if os.fstat(held).st_uid == os.geteuid():
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(entry.path, ignore_errors=True)
        except BlockingIOError:  # it is in use
            pass
        finally:
            os.close(held)
