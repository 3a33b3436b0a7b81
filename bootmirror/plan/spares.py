"""Spares: blank partitions of other disks that the raidtab names."""

from __future__ import annotations

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.raidtab import RaidDisk
from bootmirror.machine.model import Disk, Machine, Partition
from bootmirror.plan.model import PlannedSpare
from bootmirror.sizes import readable


def spare_of(machine: Machine, line: RaidDisk, size: int) -> PlannedSpare | Complaint:
    """The spare that a raidtab's line names, or why it cannot be one.

    ``size`` is the least it must have, in bytes. It must be blank, so nothing is erased for it and
    no consent is needed.
    """
    disk, partition = _find(machine, line.device)
    if partition is None or disk is None:
        return _at(line, f"there is no partition {line.device} on this machine",
                   "make one on a third disk, or take the spare out")
    if partition.content is not None or partition.holders:
        held = partition.content.kind if partition.content else ", ".join(partition.holders)
        return _at(line, f"{line.device} is not blank: it holds {held}",
                   f"clear it if it may be erased (wipefs --all {line.device}), then look again")
    if any(m.source == partition.path for m in machine.mounts) or disk.read_only:
        return _at(line, f"{line.device} is in use or read-only", "name another partition")
    if partition.size < size:
        return _at(line, f"{line.device} has {readable(partition.size)}; a half has "
                   f"{readable(size)}", "name a larger partition")
    twins = [p for d in machine.disks for p in d.partitions if p.partuuid == partition.partuuid]
    if len(twins) != 1:
        return _at(line, f"{line.device} has no PARTUUID of its own", "partition that disk anew")
    return PlannedSpare(partition.partuuid, partition.path)


def _find(machine: Machine, path: str) -> tuple[Disk | None, Partition | None]:
    for disk in machine.disks:
        for partition in disk.partitions:
            if partition.path == path:
                return disk, partition
    return None, None


def _at(line: RaidDisk, message: str, hint: str) -> Complaint:
    return Complaint(line.line, line.column, message, hint)
