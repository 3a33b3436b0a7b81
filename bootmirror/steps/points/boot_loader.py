"""Whether each disk boots alone, as far as its boot loader's kind can tell."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.boot import Check
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.steps.points.look import Look


def boot_loader(look: Look) -> Iterator[Check]:
    disks = [disk for _, disk in look.disks()]
    kind = BOOT_LOADERS[look.plan.boot_loader]
    yield from kind.checks(look.host, look.plan.boot, look.machine, disks)
