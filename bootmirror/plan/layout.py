"""The layout of both disks: the source's own partitions, as members of arrays, swap, or kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bootmirror.formats.raidtab import RaidDev, RaidDisk
from bootmirror.kinds.partition_table import Role, TableKind
from bootmirror.kinds.tables import TABLES
from bootmirror.machine.model import Disk, Machine, Partition
from bootmirror.machine.names import partition_path
from bootmirror.plan.model import (
    SWAP,
    PlannedArray,
    PlannedFilesystem,
    PlannedGroup,
    PlannedPartition,
    PlannedSwap,
    SwapForm,
)
from bootmirror.plan.mounted import mounted_at
from bootmirror.plan.names import derived_uuid
from bootmirror.plan.volumes import groups_of, volume_mount, volume_names


def is_swap(partition: Partition) -> bool:
    return partition.content is not None and partition.content.kind == "swap"


def esp_of(source: Disk) -> Partition | None:
    """The EFI system partition, on each disk one."""
    role = TABLES[source.table].role
    return next((p for p in source.partitions if role(p) is Role.ESP), None)


def planned(
    table: TableKind, source: Disk, partitions: Iterable[Partition], arrays: Sequence[PlannedArray]
) -> tuple[PlannedPartition, ...]:
    """The partitions as they will be; ``partitions`` are the source's, moved for the other disk."""
    members = {array.partition for array in arrays}
    marked = table.bootable(source)
    return tuple(_planned(table, p, members, p.number in marked) for p in partitions)


def _planned(
    table: TableKind, partition: Partition, members: set[int], bootable: bool
) -> PlannedPartition:
    role = table.role(partition)
    if role is None:
        swap = is_swap(partition) and partition.number not in members
        role = Role.SWAP if swap else Role.MEMBER
    type_code = table.type(role, partition.type)
    return PlannedPartition(
        number=partition.number,
        start=partition.start,
        size=partition.size,
        type=type_code,
        bootable=bootable,
        role=role,
        flags=table.flags(role, type_code, bootable),
        place=table.place(partition),
        label=partition.label,
    )


def filesystems(
    machine: Machine, table: TableKind, source: Disk, seed: str
) -> tuple[PlannedFilesystem, ...]:
    """The file systems the arrays will hold."""
    found = []
    for partition in source.partitions:
        mount = mounted_at(machine, partition)
        if partition.content is None or mount is None or table.role(partition) is not None:
            continue
        found.append(PlannedFilesystem(
            kind=partition.content.kind,
            uuid=derived_uuid(seed, f"filesystem-{partition.number}"),
            label=partition.content.label,
            mountpoint=mount.target,
            source_uuid=partition.content.uuid,
            partition=partition.number,
            used=mount.used,
            inodes_used=mount.inodes_used,
            features=partition.content.features,
            reserved=partition.content.reserved,
        ))
    return (*found, *_in_groups(machine, source, seed))


def _in_groups(machine: Machine, source: Disk, seed: str) -> Iterator[PlannedFilesystem]:
    """Those on logical volumes."""
    for partition, group in groups_of(machine, source):
        for volume in group.volumes:
            mount = volume_mount(machine, volume)
            if volume.content is None or mount is None:
                continue
            yield PlannedFilesystem(
                kind=volume.content.kind,
                uuid=derived_uuid(seed, f"filesystem-{partition.number}-{volume.name}"),
                label=volume.content.label,
                mountpoint=mount.target,
                source_uuid=volume.content.uuid,
                partition=partition.number,
                used=mount.used,
                inodes_used=mount.inodes_used,
                features=volume.content.features,
                reserved=volume.content.reserved,
                volume=volume.name,
            )


def swaps(
    machine: Machine,
    source: Disk,
    arrays: Sequence[PlannedArray],
    converted: Sequence[PlannedFilesystem],
    seed: str,
) -> tuple[PlannedSwap, ...]:
    """Swap partitions on each disk, or on md where the raidtab says so; and swap files.

    A plain partition of the source keeps its UUID, so its fstab line stays right.
    """
    members = {array.partition for array in arrays}
    partitions = [
        PlannedSwap(
            form=SwapForm.ARRAY if p.number in members else SwapForm.PARTITION,
            uuid=derived_uuid(seed, f"swap-{p.number}"),
            source_uuid=p.content.uuid,
            partition=p.number,
        )
        for p in source.partitions
        if p.content is not None and is_swap(p)
    ]
    volumes = [
        PlannedSwap(
            form=SwapForm.VOLUME,
            uuid=derived_uuid(seed, f"swap-{p.number}-{volume.name}"),
            source_uuid=volume.content.uuid,
            partition=p.number,
            volume=volume.name,
            old_names=volume_names(group, volume),
        )
        for p, group in groups_of(machine, source)
        for volume in group.volumes
        if volume.content is not None and volume.content.kind == "swap"
    ]
    files = [
        PlannedSwap(SwapForm.FILE, derived_uuid(seed, f"swap-{swap.path}"), path=swap.path,
                    size=swap.size)
        for swap in machine.swaps
        if swap.kind == "file" and _home(machine, swap.path) in {f.mountpoint for f in converted}
    ]
    return (*partitions, *volumes, *files)


def _home(machine: Machine, path: str) -> str:
    """The mount point of the file system that a file lies on. One on another disk stays there."""
    homes = [m.target for m in machine.mounts
             if m.target == "/" or path.startswith(f"{m.target}/")]
    return max(homes, key=len, default="")


def holdings(
    source: Disk, found: Sequence[PlannedFilesystem], groups: Sequence[PlannedGroup]
) -> dict[int, str]:
    """What an array may hold, by the number of its partition: a mount point, "swap", a group."""
    swap = {p.number: SWAP for p in source.partitions if is_swap(p)}
    plain = {f.partition: f.mountpoint for f in found if not f.volume}
    return plain | swap | {g.partition: f"volume group {g.name}" for g in groups}


def raid_sections(
    machine: Machine, source: Disk, mirror: Disk, numbers: Iterable[int], root: int
) -> tuple[RaidDev, ...]:
    """The arrays as a raidtab describes them: / first, the source entered as failed for now."""
    taken = {array.name for array in machine.arrays if not only_on(machine, array.name, mirror)}
    free = (f"md{i}" for i in range(512) if f"md{i}" not in taken)
    order = sorted(numbers, key=lambda number: (number != root, number))
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


def only_on(machine: Machine, name: str, disk: Disk) -> bool:
    """Whether all members of an array lie on one disk: what an erased disk takes with it."""
    array = machine.array(name)
    own = {disk.name, *(p.name for p in disk.partitions)}
    return array is not None and bool(array.members) and all(m.name in own for m in array.members)
