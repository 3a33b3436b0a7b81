"""GRUB's images on the disks of a BIOS machine, held against those grub-install left in /boot."""

from __future__ import annotations

from bootmirror.formats.grub_images import (
    BOOT_IMG,
    CORE_IMG,
    SECTOR,
    core_rest,
    core_sector,
    same_boot_code,
    same_core,
)
from bootmirror.host.host import Host
from bootmirror.machine.model import Disk

IMAGES = "/boot/grub/i386-pc"
LARGEST = 0x78000  # bytes of core.img with its code: what a BIOS can load below 512 KiB


def wrong_images(host: Host, disk: Disk) -> str:
    """What is wrong with the boot loader on a disk, as a phrase; "" when it is the installed one.

    The disk is read past the cache: a boot reads what lies on it.
    """
    boot_img, core_img = (host.content(f"{IMAGES}/{name}") for name in (BOOT_IMG, CORE_IMG))
    if not boot_img or not core_img:
        return f"cannot be compared: there is no {IMAGES}/{BOOT_IMG if not boot_img else CORE_IMG}"
    first = host.on_disk(disk.path, 0, SECTOR)
    if not first:
        return "cannot be read: the first sector gives an error"
    if b"GRUB" not in first:
        return "is missing: no GRUB in the first sector"
    if not same_boot_code(first, boot_img):
        return f"is another version than {IMAGES}: the first sector differs from {BOOT_IMG}"
    if not same_core(_embedded(host, disk, core_sector(first)), core_img):
        return f"is broken or another version than {IMAGES}: {CORE_IMG} on the disk differs"
    return ""


def _embedded(host: Host, disk: Disk, sector: int) -> bytes:
    """core.img as the first sector's code would load it."""
    start = host.on_disk(disk.path, sector * SECTOR, SECTOR) if sector else b""
    found, room = [start], LARGEST
    for first, count in core_rest(start):
        length = min(count * SECTOR, room)
        found.append(host.on_disk(disk.path, first * SECTOR, length) if length else b"")
        room -= length
    return b"".join(found)
