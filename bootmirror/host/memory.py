"""How much memory this process has needed, and how much is free."""

from __future__ import annotations

import re
from pathlib import Path


def peak_memory() -> int:
    """The most memory this process held at once, in bytes (VmHWM of proc(5)); 0 if not known.

    Not getrusage: its ru_maxrss counts what the process was before exec, too.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def available_memory() -> int:
    """What programs may still take without swapping, in bytes (MemAvailable of proc(5)); 0 if not
    known."""
    try:
        told = Path("/proc/meminfo").read_text()
    except OSError:
        return 0
    found = re.search(r"^MemAvailable:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
