"""What fstab may call what is converted, and what it may call anything else of the machine."""

from __future__ import annotations

from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import fstab_names
from bootmirror.plan.model import PlannedFilesystem, PlannedSwap
from bootmirror.plan.volumes import group_of, groups_of, volume_names

DEVICE = ("UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=", "ID=", "/dev/")
ZRAM = "/dev/zram"  # swap in memory


def is_device(name: str) -> bool:
    """Whether a line's first field names a block device: no server, no tmpfs, no directory."""
    return name.startswith(DEVICE)


def filesystem_names(machine: Machine, source: Disk, filesystem: PlannedFilesystem
                     ) -> frozenset[str]:
    """All names of the file system that a planned one takes over from."""
    names = _tagged(filesystem.source_uuid)
    partition = source.partition(filesystem.partition)
    if partition is None:
        return names
    if not filesystem.volume:
        return names | fstab_names(source, partition)
    group = group_of(machine, partition)
    return names.union(*(volume_names(group, volume) for volume in (group.volumes if group else ())
                         if group and volume.name == filesystem.volume))


def swap_names(source: Disk, swap: PlannedSwap) -> frozenset[str]:
    """All names of the swap area that a planned one takes over from, or stands beside."""
    names = _tagged(swap.source_uuid) | frozenset(swap.old_names)
    partition = source.partition(swap.partition)
    if partition is None or swap.volume:
        return names
    return names | fstab_names(source, partition)


def names_elsewhere(machine: Machine, source: Disk) -> frozenset[str]:
    """All names of what does not lie on the source."""
    own = {group.uuid for _, group in groups_of(machine, source)}
    names = {name for disk, partition in machine.partitions() if disk.path != source.path
             for name in fstab_names(disk, partition)}
    names |= {name for group in machine.volume_groups if group.uuid not in own
              for volume in group.volumes for name in volume_names(group, volume)}
    for array in machine.arrays:
        names |= {array.path, *_tagged(array.content.uuid if array.content else "")}
    return frozenset(names)


def _tagged(uuid: str) -> frozenset[str]:
    return frozenset((f"UUID={uuid}",) if uuid else ())
