"""Whether fstab mounts the arrays, and everything it must mount at boot is there."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.fstab import Fstab, FstabEntry
from bootmirror.kinds.boot import Check
from bootmirror.machine.names import fstab_names
from bootmirror.plan.configs import FSTAB
from bootmirror.steps.points.look import Look
from bootmirror.steps.points.resolve import gone

OPTIONAL = ("noauto", "nofail")


def fstab(look: Look) -> Iterator[Check]:
    table = Fstab.parse(look.machine.file(FSTAB) or "")
    specs = {entry.device for entry in table.entries}
    wrong = [f"does not name the file system of {f.mountpoint} ({f.uuid})"
             for f in look.plan.filesystems if f"UUID={f.uuid}" not in specs]
    halves = _halves(look)
    for entry in table.entries:
        wrong += _wrong(look, entry, halves)
    yield Check("fstab", not wrong, "; ".join(wrong)
                or "names the arrays' file systems, and all it mounts is there",
                f"Correct {FSTAB} (lsblk --fs shows what there is), then run findmnt --verify.")


def _halves(look: Look) -> frozenset[str]:
    """What the partitions that are the arrays' halves may be called, on either disk."""
    numbers = {planned.partition for planned in look.plan.arrays}
    return frozenset(name for _, disk in look.disks() for partition in disk.partitions
                     if partition.number in numbers for name in fstab_names(disk, partition))


def _wrong(look: Look, entry: FstabEntry, halves: frozenset[str]) -> Iterator[str]:
    old = {f"UUID={f.source_uuid}" for f in look.plan.filesystems if f.source_uuid}
    if entry.device in old:
        yield f"line {entry.line} names the old disk's {entry.file} ({entry.spec})"
        return
    if entry.device in halves:
        yield f"line {entry.line} names one half of an array ({entry.spec})"
        return
    if any(entry.option(word) is not None for word in OPTIONAL):
        return
    if gone(look, entry.spec):
        yield f"line {entry.line}: {entry.spec} is not there"
    if entry.file.startswith("/") and entry.vfstype != "swap" and not look.host.exists(entry.file):
        yield f"line {entry.line}: the mount point {entry.file} is not there"
