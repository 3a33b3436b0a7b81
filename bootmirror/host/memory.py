"""How much memory this process has needed."""

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
