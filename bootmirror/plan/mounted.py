"""Which disk the system runs from, and where its file systems are mounted."""

from __future__ import annotations

from bootmirror.machine.model import Disk, Machine, Mount, Partition


def source_disk(machine: Machine) -> Disk | None:
    """The disk that holds the running root on a plain partition, or None."""
    root = machine.mount("/")
    if root is None:
        return None
    return next((d for d, p in machine.partitions() if p.path == root.source), None)


def mounted_at(machine: Machine, partition: Partition) -> Mount | None:
    """Where a partition's file system is mounted by itself: the mount of its whole tree."""
    whole = [m for m in machine.mounts_of(partition.path) if m.fsroot == "/"]
    return next((m for m in whole if not m.target.startswith("/run/")), None)
