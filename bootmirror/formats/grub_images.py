"""What grub-install puts before a disk's file systems on a BIOS machine: boot.img and core.img.

The first sector is boot.img but for what belongs to the disk (identifier, partition table, a BIOS
parameter block) and where core.img begins. core.img is written as it is but for the list of its own
sectors and the length of the error-correcting code behind it. Sources: GRUB 2.06, util/setup.c,
grub-core/boot/i386/pc/boot.S and diskboot.S, include/grub/offsets.h.
"""

from __future__ import annotations

import struct

SECTOR = 512
BOOT_IMG, CORE_IMG = "boot.img", "core.img"

_PARAMETERS = (0x03, 0x5A)  # BIOS parameter block: a file system's, kept
_OWN = (0x5C, 0x68)  # kernel sector, boot drive, and two bytes that are patched on hard disks
_DISK = (0x1B8, 0x1FE)  # identifier and partition table
_KERNEL_SECTOR = 0x5C
_LIST_END = 0x200  # the list of sectors grows down from here
_LIST_ENTRY = struct.Struct("<QHH")  # first sector, how many, load segment
_MOST_RUNS = 8  # GRUB makes one, and one more for each sector that another program has marked
_REDUNDANCY = (0x210, 0x214)  # length of the error-correcting code


def same_boot_code(first_sector: bytes, boot_img: bytes) -> bool:
    """Whether a disk's first sector is this boot.img."""
    return (len(first_sector) >= SECTOR and len(boot_img) == SECTOR
            and _without(first_sector[:SECTOR], _PARAMETERS, _OWN, _DISK)
            == _without(boot_img, _PARAMETERS, _OWN, _DISK))


def core_sector(first_sector: bytes) -> int:
    """Which sector of the disk core.img begins in; 0 when the code names none."""
    if len(first_sector) < SECTOR:
        return 0
    return int.from_bytes(first_sector[_KERNEL_SECTOR : _KERNEL_SECTOR + 8], "little")


def core_rest(start: bytes) -> tuple[tuple[int, int], ...]:
    """Where the rest of core.img lies, from its first sector: runs of (sector, count).

    () when the list has no end where one must be: then it is none.
    """
    found: list[tuple[int, int]] = []
    while len(start) >= SECTOR and len(found) < _MOST_RUNS:
        at = _LIST_END - (len(found) + 1) * _LIST_ENTRY.size
        first, count, _segment = _LIST_ENTRY.unpack_from(start, at)
        if not count:
            return tuple(found)
        found.append((first, count))
    return ()


def same_core(embedded: bytes, core_img: bytes) -> bool:
    """Whether the sectors of a disk hold this core.img; what follows it there is its code."""
    if len(core_img) <= SECTOR or len(embedded) < len(core_img):
        return False
    entries = max(1, len(core_rest(embedded)))
    places = ((_LIST_END - entries * _LIST_ENTRY.size, _LIST_END), _REDUNDANCY)
    return _without(embedded[: len(core_img)], *places) == _without(core_img, *places)


def _without(data: bytes, *places: tuple[int, int]) -> bytes:
    kept = bytearray(data)
    for start, end in places:
        kept[start:end] = bytes(min(end, len(kept)) - min(start, len(kept)))
    return bytes(kept)
