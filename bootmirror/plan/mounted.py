"""Which disk the system runs from, and where its file systems are mounted."""

from __future__ import annotations

from bootmirror.machine.model import Disk, Machine, Mount, Partition


def source_disk(machine: Machine) -> Disk | None:
    """The disk that holds the running root, on a partition or in a volume group, or None."""
    root = machine.mount("/")
    if root is None:
        return None
    below = next((g.physical for g in machine.volume_groups
                  if any(v.path == root.source for v in g.volumes)), (root.source,))
    found = [d for d, p in machine.partitions() if p.path in below]
    return found[0] if len({d.path for d in found}) == 1 else None


def mounted_at(machine: Machine, partition: Partition) -> Mount | None:
    """Where a partition's file system is mounted by itself: the mount of its whole tree."""
    whole = [m for m in machine.mounts_of(partition.path) if m.fsroot == "/"]
    return next((m for m in whole if not m.target.startswith("/run/")), None)
