"""Logical volumes on the source: what of them can be built anew on an array.

The new group has a name of its own, for good: two groups of one name cannot live on one machine,
and until the old disk joins both are there. The volumes keep their names.
"""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, LogicalVolume, Machine, Mount, Partition, VolumeGroup
from bootmirror.plan.model import PlannedGroup, PlannedVolume
from bootmirror.plan.mounted import covered, encrypted, nameable, odd_mount_point
from bootmirror.plan.names import mapper_path
from bootmirror.sizes import readable

LVM = "LVM2_member"
ENDING = "_mirror"
MIB = 1 << 20
ROOM = 0.90  # of the largest volume, once it has given what md takes: the most it may hold


def overhead(size: int) -> int:
    """The most md and LVM keep of a partition for themselves: the largest volume gives it.

    md leaves a 1024th free before the data, 128 MiB at most (mdadm's super1.c), beside superblock
    and bitmap; LVM's metadata takes 1 MiB.
    """
    return min(size >> 10, 128 * MIB) + 8 * MIB


def group_of(machine: Machine, partition: Partition) -> VolumeGroup | None:
    """The group whose physical volume a partition is."""
    return next((g for g in machine.volume_groups if partition.path in g.physical), None)


def groups_of(machine: Machine, source: Disk) -> Iterator[tuple[Partition, VolumeGroup]]:
    """The source's partitions that are physical volumes, with their groups."""
    for partition in source.partitions:
        group = group_of(machine, partition)
        if group is not None:
            yield partition, group


def volume_mount(machine: Machine, volume: LogicalVolume) -> Mount | None:
    """Where a volume's file system is mounted by itself."""
    return next((m for m in machine.mounts_of(volume.path)
                 if m.fsroot == "/" and not m.target.startswith("/run/")), None)


def planned_groups(machine: Machine, source: Disk) -> tuple[PlannedGroup, ...]:
    """The new groups, one an array."""
    taken = {group.name for group in machine.volume_groups}
    found = []
    for partition, group in groups_of(machine, source):
        name = _free_name(group.name, taken)
        taken.add(name)
        largest = max(group.volumes, key=lambda v: v.size, default=None)
        volumes = tuple(PlannedVolume(v.name, v.size, gives=v is largest) for v in group.volumes)
        found.append(PlannedGroup(name, group.name, group.uuid, partition.number, group.extent,
                                  volumes))
    return tuple(found)


def _free_name(name: str, taken: set[str]) -> str:
    wanted = name + ENDING
    number = 2
    while wanted in taken:
        wanted = f"{name}{ENDING}{number}"
        number += 1
    return wanted


def volume_names(group: VolumeGroup, volume: LogicalVolume) -> tuple[str, ...]:
    """All that fstab may call a volume: its paths, its content's tags, udev's links."""
    mapped, content = mapper_path(group.name, volume.name), volume.content
    tags = {"uuid": content.uuid, "label": content.label} if content else {}
    given = {tag: value for tag, value in tags.items() if value}
    plain = f"{group.uuid}{volume.uuid}".replace("-", "")
    return (
        mapped, f"/dev/{group.name}/{volume.name}",
        *((f"/dev/{volume.device}",) if volume.device else ()),
        *(f"{tag.upper()}={value}" for tag, value in given.items()),
        *(f"/dev/disk/by-{tag}/{value}" for tag, value in given.items()),
        f"/dev/disk/by-id/dm-name-{mapped.rsplit('/', 1)[-1]}",
        f"/dev/disk/by-id/dm-uuid-LVM-{plain}",
    )


def group_refusals(machine: Machine, partition: Partition) -> Iterator[Refusal]:
    """Why a partition's group cannot be built anew on an array."""
    group = group_of(machine, partition)
    if group is None:
        yield Refusal("lvm", f"{partition.name} is a physical volume of no volume group.",
                      f"Clear it (pvremove {partition.path}) and delete the partition, or use it.")
        return
    others = [path for path in group.physical if path != partition.path]
    if others:
        yield Refusal("lvm", f"The volume group {group.name} lies on {partition.path} and on "
                      f"{', '.join(others)}: a mirror of one disk would hold a part of it.",
                      "Move it to one partition (pvmove, then vgreduce).")
    for volume in group.volumes:
        yield from _volume_refusals(machine, group, volume)


def _volume_refusals(machine: Machine, group: VolumeGroup, volume: LogicalVolume
                     ) -> Iterator[Refusal]:
    name = f"{group.name}/{volume.name}"
    if volume.origin or volume.layout != "linear":
        what = f"a snapshot of {volume.origin}" if volume.origin else volume.layout
        yield Refusal("lvm-layout", f"The logical volume {name} is {what}; bootmirror builds "
                      "linear ones.", "Remove it (lvremove), or convert it (lvconvert).")
        return
    if volume.content is not None and volume.content.kind == "swap":
        return
    yield from encrypted(name, volume.content)
    mount = volume_mount(machine, volume)
    if mount is not None:
        yield from covered(machine, name, mount)
    if mount is None:
        yield Refusal("not-mounted", f"The logical volume {name} is not mounted and is no swap.",
                      "Mount it where it belongs (and enter it in /etc/fstab), or remove it.")
    elif not nameable(mount):
        yield odd_mount_point(name, mount)
    elif (volume == max(group.volumes, key=lambda v: v.size)
          and mount.used > ROOM * max(0, mount.size - overhead(group.size))):
        taken = readable(overhead(group.size))
        yield Refusal("full", f"{mount.target} is too full: {readable(mount.used)} of "
                      f"{readable(mount.size)}; the array takes up to {taken} of its volume.",
                      "Remove or move files, or make another volume smaller.")
