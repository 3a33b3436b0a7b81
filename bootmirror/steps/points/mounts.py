"""Whether every converted file system is mounted from its array."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.boot import Check
from bootmirror.steps.first_boot import wrong_mounts
from bootmirror.steps.points.look import Look


def mounts(look: Look) -> Iterator[Check]:
    wrong = wrong_mounts(look.plan, look.machine)
    yield Check("mounts", not wrong, "; ".join(wrong) or "every file system is on its array",
                "Mount it as fstab says (mount --all); where another disk is mounted, reboot from "
                "the mirror.")
