"""Partition tables, through pyparted: the only place that imports it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.errors import Refused, StepFailed
from bootmirror.host.identity import held

# pyparted's names of libparted's flags, by ours.
FLAGS = {
    "raid": "PARTITION_RAID",
    "swap": "PARTITION_SWAP",
    "boot": "PARTITION_BOOT",  # MBR: active
    "lba": "PARTITION_LBA",
    "esp": "PARTITION_ESP",
    "bios_grub": "PARTITION_BIOS_GRUB",
}
ESP_FALLBACK = "PARTITION_BOOT"  # the same flag on GPT, where pyparted lacks the other name

BEFORE_THE_TABLE = 446  # bytes of an MBR: boot code, and the disk's identifier
ACTIVE = b"\x80"  # the first byte of a partition's entry in an MBR


@dataclass(frozen=True)
class NewPartition:
    """A partition as it shall be. ``start``, ``size`` in bytes."""

    number: int
    start: int
    size: int
    flags: tuple[str, ...] = ()  # names of FLAGS
    kind: str = "primary"  # or "extended", "logical": MBR only
    label: str = ""  # its name in a GPT


def write_table(  # noqa: PLR0913 - the disk is three of them
    path: str, devno: str, size: int, *, table: str, partitions: Sequence[NewPartition],
    boot_code: bytes, pmbr_boot: bool = False,
) -> None:
    """Give a disk a new partition table ("msdos" or "gpt"), and tell the kernel.

    The disk is held exclusively meanwhile and its device number and size are checked on the open
    descriptor. ``boot_code``, 440 bytes, takes the place of what was in the first sector;
    ``pmbr_boot`` marks a GPT's protective MBR active.
    Raises Refused when it is another disk or in use, StepFailed when libparted cannot write.
    """
    with held(path, devno, size) as handle:
        _change(path, partitions, table)
        os.pwrite(handle, boot_code, 0)
        if pmbr_boot:
            os.pwrite(handle, ACTIVE, BEFORE_THE_TABLE)
        os.fsync(handle)


def set_types(path: str, devno: str, size: int, partitions: Sequence[NewPartition]) -> None:
    """Set only the types and boot flags of these partitions, in a disk's own table.

    Boot code, the gap after it and the disk's identifier stay: libparted would clear them with a
    fresh table, and gives an MBR without boot code others all the same. Raises Refused when it is
    another disk, in use, or its partitions lie elsewhere, StepFailed when libparted cannot write.
    """
    with held(path, devno, size) as handle:
        before = os.pread(handle, BEFORE_THE_TABLE, 0)
        _change(path, partitions, None)
        if os.pread(handle, BEFORE_THE_TABLE, 0) != before:
            os.pwrite(handle, before, 0)
            os.fsync(handle)


def read_table(path: str, partitions: Sequence[NewPartition]) -> None:
    """Make sure that libparted reads a disk's table, and finds these partitions in their places.

    The kernel puts up with tables that it does not: a GPT whose backup is damaged or not at the
    end, partitions that overlap. Only reads. Raises Refused.
    """
    import parted  # noqa: PLC0415 - a megabyte of library that few commands need

    try:
        device = parted.getDevice(path)
        disk = parted.newDisk(device)
    except _errors() as error:
        said = str(error).rstrip(".")
        raise Refused(
            f"The partition table of {path} is damaged, though the kernel can use it: {said}.",
            "Look at it with sfdisk --verify and mend it (the backup of a GPT: sgdisk "
            "--move-second-header), then go on.",
        ) from error
    for wanted in partitions:
        _own(disk, device, wanted)


def _errors() -> tuple[type[Exception], ...]:
    """libparted's errors have no base of their own but Exception."""
    import _ped  # noqa: PLC0415 - as parted

    return (OSError, *(
        e for e in vars(_ped).values() if isinstance(e, type) and issubclass(e, Exception)
    ))


def _change(path: str, partitions: Sequence[NewPartition], fresh: str | None) -> None:
    import parted  # noqa: PLC0415 - as in read_table

    try:
        device = parted.getDevice(path)
        disk = parted.freshDisk(device, fresh) if fresh else parted.newDisk(device)
        for wanted in partitions:
            found = _add(parted, disk, device, wanted) if fresh else _own(disk, device, wanted)
            for flag in wanted.flags:
                name = FLAGS[flag] if hasattr(parted, FLAGS[flag]) else ESP_FALLBACK
                found.setFlag(getattr(parted, name))
        disk.commitToDevice()
        disk.commitToOS()
    except _errors() as error:
        raise StepFailed(
            f"The partition table of {path} could not be written: {error}.",
            "Look at the kernel's messages (dmesg), then try again.",
        ) from error


# parted's stubs are not complete: the module and its objects come as Any.
def _add(parted, disk, device, wanted: NewPartition):  # type: ignore[no-untyped-def]
    sector = device.sectorSize
    if wanted.start % sector or wanted.size % sector:
        raise Refused(f"Partition {wanted.number} does not begin and end with a sector.")
    geometry = parted.Geometry(
        device=device, start=wanted.start // sector, length=wanted.size // sector
    )
    kinds = {
        "primary": parted.PARTITION_NORMAL,
        "extended": parted.PARTITION_EXTENDED,
        "logical": parted.PARTITION_LOGICAL,
    }
    partition = parted.Partition(disk=disk, type=kinds[wanted.kind], geometry=geometry)
    disk.addPartition(partition, constraint=parted.Constraint(exactGeom=geometry))
    if partition.number != wanted.number:
        raise Refused(
            f"Partition {wanted.number} cannot get that number on {device.path}: it would be "
            f"{partition.number}.",
            "Number the source's partitions in the order they lie on the disk (sfdisk --reorder).",
        )
    if wanted.label:
        partition.set_name(wanted.label)
    return partition


def _own(disk, device, wanted: NewPartition):  # type: ignore[no-untyped-def]
    """The partition of a disk's own table that lies where the wanted one shall."""
    for partition in disk.partitions:
        geometry = partition.geometry
        place = (geometry.start * device.sectorSize, geometry.length * device.sectorSize)
        if partition.number == wanted.number and place == (wanted.start, wanted.size):
            return partition
    raise Refused(
        f"{device.path} has no partition {wanted.number} of {wanted.size} bytes at {wanted.start}.",
        "Nothing was written; look at the disk with sfdisk --list.",
    )
