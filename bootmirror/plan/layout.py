"""The layout of both disks: the source's own partitions, as members of arrays or swap."""

from __future__ import annotations

import uuid

from bootmirror.formats.raidtab import RaidDev, RaidDisk
from bootmirror.machine.model import Disk, Machine, Partition
from bootmirror.plan.model import PlannedFilesystem, PlannedPartition, PlannedSwap
from bootmirror.plan.preflight import mounted_at

MEMBER, SWAP = "fd", "82"  # MBR types: Linux raid autodetect, Linux swap


def derived_uuid(seed: str, name: str) -> str:
    """A UUID that follows from the choices' seed and a name: the same plan twice is the same."""
    return str(uuid.uuid5(uuid.UUID(seed), name))


def md_uuid(plain: str) -> str:
    """A UUID in md's form: four groups of eight hex digits joined by colons."""
    digits = plain.replace("-", "")
    return ":".join(digits[i : i + 8] for i in range(0, 32, 8))


def partition_path(disk: Disk, number: int) -> str:
    """/dev/sda1, /dev/nvme0n1p1: the kernel puts a "p" after a name that ends in a digit."""
    return f"{disk.path}{'p' if disk.path[-1].isdigit() else ''}{number}"


def partitions(source: Disk) -> tuple[PlannedPartition, ...]:
    """The partitions of both disks. Where none is marked bootable, the one of /boot will be."""
    swap = {p.number for p in source.partitions if _is_swap(p)}
    marked = {p.number for p in source.partitions if p.bootable}
    marked = marked or {min(p.number for p in source.partitions)}
    return tuple(
        PlannedPartition(
            number=p.number,
            start=p.start,
            size=p.size,
            type=SWAP if p.number in swap else MEMBER,
            bootable=p.number in marked,
            role="swap" if p.number in swap else "member",
        )
        for p in source.partitions
    )


def _is_swap(partition: Partition) -> bool:
    return partition.content is not None and partition.content.kind == "swap"


def filesystems(machine: Machine, source: Disk, seed: str) -> dict[int, PlannedFilesystem]:
    """The file system each member partition's array will hold, by partition number."""
    found = {}
    for partition in source.partitions:
        mount = mounted_at(machine, partition)
        if partition.content is None or mount is None:
            continue
        found[partition.number] = PlannedFilesystem(
            kind=partition.content.kind,
            uuid=derived_uuid(seed, f"filesystem-{partition.number}"),
            label=partition.content.label,
            mountpoint=mount.target,
            source_uuid=partition.content.uuid,
            source_partition=partition.number,
            used=mount.used,
            inodes_used=mount.inodes_used,
        )
    return found


def swaps(source: Disk, seed: str) -> tuple[PlannedSwap, ...]:
    """A swap area on each disk; the source's keeps its UUID, so its fstab line stays right."""
    return tuple(
        PlannedSwap(
            partition=p.number,
            mirror_uuid=derived_uuid(seed, f"swap-{p.number}"),
            source_uuid=p.content.uuid,
        )
        for p in source.partitions
        if p.content is not None and _is_swap(p)
    )


def raid_sections(
    machine: Machine, source: Disk, mirror: Disk, found: dict[int, PlannedFilesystem]
) -> tuple[RaidDev, ...]:
    """The arrays as a raidtab describes them: / first, the source entered as failed for now."""
    taken = {array.name for array in machine.arrays if not _only_on(machine, array.name, mirror)}
    free = (f"md{i}" for i in range(512) if f"md{i}" not in taken)
    order = sorted(found, key=lambda number: (found[number].mountpoint != "/", number))
    return tuple(
        RaidDev(
            device=f"/dev/{next(free)}",
            level="1",
            nr_raid_disks=2,
            nr_spare_disks=0,
            persistent_superblock=1,
            chunk_size=None,
            disks=(
                RaidDisk(partition_path(mirror, number), "raid-disk", 0),
                RaidDisk(partition_path(source, number), "failed-disk", 1),
            ),
        )
        for number in order
    )


def _only_on(machine: Machine, name: str, disk: Disk) -> bool:
    """Whether all members of an array lie on one disk: what an erased disk takes with it."""
    array = machine.array(name)
    own = {disk.name, *(p.name for p in disk.partitions)}
    return array is not None and bool(array.members) and all(m.name in own for m in array.members)
