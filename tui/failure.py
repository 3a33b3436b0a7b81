"""What nobody foresaw: a sentence for the person, and the traceback in a file of its own, never on
the terminal."""

from __future__ import annotations

import traceback
from pathlib import Path

from bootmirror.errors import BootmirrorError, own_fault
from bootmirror.host.private import new_file


def keep_traceback() -> Path:
    """Write down the exception being handled; where it lies."""
    path = new_file("bootmirror-screen-")
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        traceback.print_exc(file=file)
    return path


def told(error: Exception, failed: str, then: str) -> BootmirrorError:
    """The sentence for an error; of the system's own errors it begins with what has ``failed``, and
    ends with what comes ``then``. Called while the error is being handled.
    """
    if isinstance(error, BootmirrorError):
        return error
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return BootmirrorError(f"{failed}: {where}{error.strerror or error}.", f"See dmesg; {then}")
    try:
        return own_fault(error, keep_traceback())
    except OSError:  # no room for it
        return BootmirrorError(
            f"{type(error).__name__}: {error}",
            "This is a fault of bootmirror itself; start it again if this stays.",
        )
