"""Names that follow from others: UUIDs from the choices' seed, volumes' paths."""

from __future__ import annotations

import uuid


def derived_uuid(seed: str, name: str) -> str:
    """A UUID that follows from the choices' seed and a name: the same plan twice is the same."""
    return str(uuid.uuid5(uuid.UUID(seed), name))


def fat_id(seed: str, name: str) -> str:
    """The same in FAT's form: eight hex digits, as blkid prints them."""
    digits = derived_uuid(seed, name).upper()
    return f"{digits[:4]}-{digits[4:8]}"


def md_uuid(plain: str) -> str:
    """A UUID in md's form: four groups of eight hex digits joined by colons."""
    digits = plain.replace("-", "")
    return ":".join(digits[i : i + 8] for i in range(0, 32, 8))


def same_array(md: str, libblkid: str) -> bool:
    """Whether a UUID in md's form and one that libblkid read in a superblock are one array's.

    md prints that of metadata 0.90 as four numbers, libblkid as the bytes that lie on the disk.
    """
    ours, theirs = (text.lower().replace(":", "").replace("-", "") for text in (md, libblkid))
    return theirs in (ours, _bytes_swapped(ours))


def _bytes_swapped(digits: str) -> str:
    """The bytes of each group of eight hex digits in reverse."""
    groups = [digits[i : i + 8] for i in range(0, len(digits), 8)]
    return "".join("".join(group[i : i + 2] for i in (6, 4, 2, 0)) for group in groups)


def mapper_path(group: str, volume: str) -> str:
    """A logical volume's path: a dash in a name is doubled (lvm(8))."""
    return f"/dev/mapper/{group.replace('-', '--')}-{volume.replace('-', '--')}"
