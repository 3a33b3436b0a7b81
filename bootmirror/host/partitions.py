"""Partition tables, through pyparted: the only place that imports it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.errors import Refused, StepFailed
from bootmirror.host.identity import held


@dataclass(frozen=True)
class NewPartition:
    """A primary partition of an MBR table. ``start``, ``size`` in bytes; ``type`` as sfdisk's."""

    number: int
    start: int
    size: int
    type: str  # "fd" (Linux raid autodetect) or "82" (swap)
    bootable: bool = False


def write_mbr(
    path: str, devno: str, size: int, partitions: Sequence[NewPartition], boot_code: bytes
) -> None:
    """Give a disk a new MBR partition table, and tell the kernel.

    The disk is held exclusively meanwhile and its device number and size are checked on the open
    descriptor. ``boot_code``, 440 bytes, takes the place of what was in the first sector.
    Raises Refused when it is another disk or in use, StepFailed when libparted cannot write.
    """
    with held(path, devno, size) as handle:
        _change(path, partitions, keep=False)
        os.pwrite(handle, boot_code, 0)
        os.fsync(handle)


def retype_mbr(path: str, devno: str, size: int, partitions: Sequence[NewPartition]) -> None:
    """Set only the types and boot flags in a disk's own MBR table.

    Boot code, the gap after it and the disk's identifier stay: libparted would clear them with a
    fresh table. Raises Refused when it is another disk, in use, or its partitions lie elsewhere,
    StepFailed when libparted cannot write.
    """
    with held(path, devno, size):
        _change(path, partitions, keep=True)


def _change(path: str, partitions: Sequence[NewPartition], *, keep: bool) -> None:
    import _ped  # noqa: PLC0415 - a megabyte of library that few commands need
    import parted  # noqa: PLC0415

    # libparted's errors have no base of their own but Exception.
    errors: tuple[type[Exception], ...] = (OSError, *(
        e for e in vars(_ped).values() if isinstance(e, type) and issubclass(e, Exception)
    ))
    try:
        device = parted.getDevice(path)
        disk = parted.newDisk(device) if keep else parted.freshDisk(device, "msdos")
        for wanted in partitions:
            partition = _own(disk, device, wanted) if keep else _add(parted, disk, device, wanted)
            _set_flags(parted, partition, wanted)
        disk.commitToDevice()
        disk.commitToOS()
    except errors as error:
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
    partition = parted.Partition(disk=disk, type=parted.PARTITION_NORMAL, geometry=geometry)
    disk.addPartition(partition, constraint=parted.Constraint(exactGeom=geometry))
    if partition.number != wanted.number:
        raise Refused(
            f"Partition {wanted.number} cannot get that number on {device.path}: it would be "
            f"{partition.number}.",
            "Number the source's partitions in the order they lie on the disk (sfdisk --reorder).",
        )
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


def _set_flags(parted, partition, wanted: NewPartition) -> None:  # type: ignore[no-untyped-def]
    flag = {"fd": parted.PARTITION_RAID, "82": parted.PARTITION_SWAP}[wanted.type]
    partition.setFlag(flag)
    if wanted.bootable:
        partition.setFlag(parted.PARTITION_BOOT)
