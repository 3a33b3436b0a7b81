"""What a partition goes by: its path, and its names in configuration files."""

from __future__ import annotations

from bootmirror.machine.model import Disk, Partition


def partition_path(disk: Disk, number: int) -> str:
    """/dev/sda1, /dev/nvme0n1p1."""
    return f"{partition_start(disk.path)}{number}"


def partition_start(path: str) -> str:
    """What a partition's number follows: the kernel puts a "p" after a name ending in a digit."""
    return f"{path}p" if path[-1:].isdigit() else path


def fstab_names(disk: Disk, partition: Partition) -> frozenset[str]:
    """All that the first field of fstab may call a partition: its path, its tags, udev's links."""
    content = partition.content
    tags = {
        "uuid": content.uuid if content else "",
        "label": content.label if content else "",
        "partuuid": partition.partuuid,
        "partlabel": partition.label,
    }
    given = {tag: value for tag, value in tags.items() if value}
    return frozenset((
        partition.path,
        *(f"{tag.upper()}={value}" for tag, value in given.items()),
        *(f"/dev/disk/by-{tag}/{value}" for tag, value in given.items()),
        *(f"{link}-part{partition.number}" for link in (*disk.by_id, *disk.by_path)),
    ))
