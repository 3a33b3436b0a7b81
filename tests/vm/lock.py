"""One machine at a time: two emulated machines on two cores only make each other time out."""

from __future__ import annotations

import fcntl
from typing import IO

from tests.vm.cache import cache_directory
from tests.vm.progress import say


def take_lock() -> IO[str]:
    """Wait for the lock. It is free again when the file is closed, or its process has ended."""
    file = (cache_directory("vm") / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another practice machine runs; waiting for it to end")
        fcntl.flock(file, fcntl.LOCK_EX)
    return file
