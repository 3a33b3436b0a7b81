"""The traceback of a failure nobody foresaw: in a file of its own, never on the terminal."""

from __future__ import annotations

import traceback
from pathlib import Path

from bootmirror.host.private import new_file


def keep_traceback() -> Path:
    """Write down the exception being handled; where it lies."""
    path = new_file("bootmirror-screen-")
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        traceback.print_exc(file=file)
    return path
