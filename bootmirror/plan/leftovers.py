"""What an earlier life left on the mirror: arrays and volume groups that started by themselves.

At boot md and LVM start whatever they find. What lies wholly on the disk, and nobody has used, may
be erased with it; anything else is somebody's, and is refused (see preflight).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bootmirror.machine.model import Array, Disk, Machine, Partition, VolumeGroup
from bootmirror.machine.names import partition_start

# An array is only read until somebody writes to it; inactive, it waits for its other half.
UNUSED = ("inactive", "read-auto", "readonly", "clear")


@dataclass(frozen=True)
class Leftovers:
    """Both, wholly on one disk."""

    arrays: tuple[Array, ...] = ()
    groups: tuple[VolumeGroup, ...] = ()

    @property
    def devices(self) -> frozenset[str]:
        """Kernel names of what they are used as."""
        volumes = {v.device for group in self.groups for v in group.volumes if v.device}
        return frozenset(volumes | {array.name for array in self.arrays})


def leftovers(machine: Machine, disk: Disk, also: Iterable[str] = ()) -> Leftovers:
    """What of the machine's arrays and groups is a leftover on this disk.

    ``also`` are paths that count as the disk's."""
    names = {disk.name, *(p.name for p in disk.partitions)}
    paths = {disk.path, *(p.path for p in disk.partitions), *also}
    arrays = [a for a in machine.arrays
              if a.members and {m.name for m in a.members} <= names and a.state in UNUSED
              and not _used(machine, a.path) and not _parts_used(machine, a)]
    groups = [g for g in machine.volume_groups
              if set(g.physical) <= paths | {a.path for a in arrays} and not _open(machine, g)]
    volumes = {v.device for g in groups for v in g.volumes}
    arrays = [a for a in arrays if set(a.holders) <= volumes]
    places = paths | {a.path for a in arrays}
    return Leftovers(tuple(arrays), tuple(g for g in groups if set(g.physical) <= places))


def _used(machine: Machine, path: str) -> bool:
    return path in _in_use(machine)


def _in_use(machine: Machine) -> frozenset[str]:
    """What is mounted, or swap."""
    return frozenset((*(m.source for m in machine.mounts), *(s.path for s in machine.swaps)))


def _parts_used(machine: Machine, array: Array) -> bool:
    """Whether a partition of an array is, or belongs to a group that is active (nobody lets that
    go). The array itself shows neither."""
    active = {path for group in machine.volume_groups if any(v.device for v in group.volumes)
              for path in group.physical}
    start = partition_start(array.path)
    return any(path.startswith(start) and path.removeprefix(start).isdigit()
               for path in _in_use(machine) | active)


def _open(machine: Machine, group: VolumeGroup) -> bool:
    return any(v.open or _used(machine, v.path) for v in group.volumes)


def on_disk(machine: Machine, disk: Disk) -> Iterator[str]:
    """What the disk holds and loses, a phrase each."""
    found = leftovers(machine, disk)
    for array in found.arrays:
        members = ", ".join(m.name for m in array.members)
        yield f"the old array {array.name} ({members})"
    for group in found.groups:
        volumes = ", ".join(v.name for v in group.volumes) or "no volumes"
        yield f"the old volume group {group.name} ({volumes})"
    listed = {m.name for array in found.arrays for m in array.members}
    listed |= {path.rsplit("/", 1)[-1] for group in found.groups for path in group.physical}
    items: tuple[Disk | Partition, ...] = (disk, *disk.partitions)
    for item in items:
        if item.content is not None and item.name not in listed:
            label = f" “{item.content.label}”" if item.content.label else ""
            yield f"{item.content.kind}{label} on {item.name}"
