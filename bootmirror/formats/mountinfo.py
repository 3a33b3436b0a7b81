"""/proc/PID/mountinfo: what is mounted where in a process's mount namespace (proc(5)).

What is not understood is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bootmirror.formats.fstab_fields import decoded

_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_DEVICE = re.compile(r"[0-9]{1,10}:[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True)
class MountEntry:
    """One mount, as the process sees it."""

    number: int  # the kernel's own; no two mounts have one, whatever namespace they are in
    devno: str  # major:minor of the file system
    root: str  # which of its directories, or files, is mounted
    target: str


def parse_mountinfo(text: str) -> tuple[MountEntry, ...]:
    """Every mount in mount order. Never raises."""
    found = []
    for line in text.split("\n"):  # a path may hold what else ends a line
        number, _, devno, root, target = [*line.split(" "), *[""] * 5][:5]
        if _NUMBER.fullmatch(number) and _DEVICE.fullmatch(devno) and target:
            found.append(MountEntry(int(number), devno, decoded(root), decoded(target)))
    return tuple(found)
