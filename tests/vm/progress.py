"""Saying what is being done while it is done, with the seconds it took."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

_BEGAN = time.monotonic()


def say(text: str) -> None:
    """One line for the person who waits, with the seconds since the program began."""
    print(f"[{time.monotonic() - _BEGAN:6.1f} s] {text}", flush=True)


@contextlib.contextmanager
def phase(title: str) -> Iterator[None]:
    """Announce a phase, and how long it took when it is over."""
    say(f"{title} …")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"{title}: failed after {time.monotonic() - began:.1f} s")
        raise
    say(f"{title}: {time.monotonic() - began:.1f} s")
