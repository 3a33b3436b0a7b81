"""Where the copy is mounted while it is made, and where bootmirror keeps its own."""

from __future__ import annotations

OWN = "/run/bootmirror"  # nobody else mounts anything below it
TARGET = "/run/bootmirror/copy"  # the arrays, mounted as the copy's own tree
ORIGIN = "/run/bootmirror/source"  # each source file system once more, without what hides in it
RUNNING = "/run/bootmirror/running"  # the same of the system that runs
STATE = "/var/lib/bootmirror"


def in_copy(path: str) -> str:
    """Where a path of the system lies in the copy."""
    return TARGET if path == "/" else TARGET + path
