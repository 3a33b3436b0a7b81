"""Fitting the source's layout onto a smaller mirror: the largest file system gives way.

One in a partition of its own: a volume group stays as long as it is, and so does what a partition's
type says it is for (an EFI system partition).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bootmirror.kinds.partition_table import TableKind
from bootmirror.machine.model import Disk, Machine, Partition
from bootmirror.plan.mounted import mounted_at
from bootmirror.plan.volumes import groups_of
from bootmirror.sizes import readable

ROOM = 0.90  # of a file system made smaller: the most it may hold
GRAIN = 1 << 20  # partitions begin and end at whole mebibytes


@dataclass(frozen=True)
class Fit:
    """The source's partitions as they go onto the mirror. ``problem``: they do not, and why."""

    partitions: tuple[Partition, ...]
    shrunk: int = 0  # the number of the one that is smaller there
    problem: str = ""


def fit(machine: Machine, source: Disk, mirror: Disk, table: TableKind) -> Fit:
    """The layout for the mirror, less what the partition table takes at its end."""
    end = max((p.start + p.size for p in source.partitions), default=0)
    over = end - (mirror.size - table.tail(mirror.sector_size))
    if over <= 0:
        return Fit(source.partitions)
    over = -(-over // GRAIN) * GRAIN
    files = [p for p in source.partitions
             if table.role(p) is None and mounted_at(machine, p) is not None]
    too_small = (f"{mirror.name} is too small: it has {readable(mirror.size)} ({mirror.size} "
                 f"bytes), the partitions of {source.name} end at {readable(end)} ({end} bytes)")
    groups = ", ".join(group.name for _, group in groups_of(machine, source))
    stays = f" A volume group ({groups}) does not shrink." if groups else ""
    if not files:
        return Fit(source.partitions, problem=f"{too_small}.{stays}")
    largest = max(files, key=lambda p: p.size)
    mount = mounted_at(machine, largest)
    assert mount is not None, "one of those that are mounted"
    # What the file system keeps for itself (inodes, journal) is not in the size that statvfs tells.
    room = int(ROOM * max(0, mount.size - over))
    if mount.used > room:
        return Fit(source.partitions, problem=(
            f"{too_small}. {mount.target}, the largest file system in a partition of its own, "
            f"would have to shrink by {readable(over)} and could then hold {readable(room)}, but "
            f"holds {readable(mount.used)}.{stays}"))
    return Fit(tuple(_moved(source.partitions, largest, over)), largest.number)


def _moved(partitions: Iterable[Partition], shrunk: Partition, by: int) -> Iterable[Partition]:
    for p in partitions:
        around = p.start <= shrunk.start and p.start + p.size >= shrunk.start + shrunk.size
        if around:  # it itself, and the extended partition it lies in
            yield replace(p, size=p.size - by)
        elif p.start > shrunk.start:
            yield replace(p, start=p.start - by)
        else:
            yield p
