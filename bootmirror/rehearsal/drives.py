"""A disk as the virtual machine sees it: read from the real one, written to an overlay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bootmirror.errors import UsageError
from bootmirror.host.host import Host
from bootmirror.machine.model import Disk
from bootmirror.rehearsal.tools import QEMU_IMG

SATA_SECTOR = 512  # bytes: the only logical sectors that QEMU's ide-hd takes
LONGEST_SERIAL = 20  # characters of a serial number that every kind of drive of QEMU takes


class Bus(StrEnum):
    """What a drive hangs on."""

    SATA = "sata"
    SCSI = "scsi"
    VIRTIO = "virtio"
    NVME = "nvme"


@dataclass(frozen=True)
class Drive:
    """A disk or an image of one, and how it is shown to the machine."""

    path: str
    size: int  # bytes
    block: bool  # a block device, which may be in use
    format: str = "raw"  # of an image: raw or qcow2
    bus: Bus = Bus.SATA
    serial: str = ""
    sector: int = 512  # bytes


def drive_of(disk: Disk, bus: Bus | None = None) -> Drive:
    """A disk of this machine, on the bus it hangs on here as far as QEMU has that.

    Raises UsageError for a bus that cannot have its sectors.
    """
    if bus is Bus.SATA and disk.sector_size != SATA_SECTOR:
        raise UsageError(f"{disk.name} has sectors of {disk.sector_size} bytes, which a SATA disk "
                         "of QEMU's cannot have.", "Leave --bus out, or take scsi.")
    return Drive(disk.path, disk.size, True, bus=bus or bus_of(disk), serial=disk.serial,
                 sector=disk.sector_size)


def bus_of(disk: Disk) -> Bus:
    """USB, SAS and hardware RAID become SATA, whose driver is in every initramfs but a tailored
    one; SCSI where the sectors are not as SATA's."""
    if disk.transport == "nvme" or disk.name.startswith("nvme"):
        return Bus.NVME
    if disk.transport == "virtio" or disk.name.startswith("vd"):
        return Bus.VIRTIO
    if not disk.transport and disk.name.startswith("sd"):  # a virtual machine's SCSI
        return Bus.SCSI
    return Bus.SATA if disk.sector_size == SATA_SECTOR else Bus.SCSI


def make_overlay(host: Host, drive: Drive, overlay: Path) -> None:
    """An empty overlay as large as the drive; the drive is not even opened. Raises CommandFailed.

    The drive is put beneath it when the machine starts: nothing in the file names it.
    """
    host.run([QEMU_IMG, "create", "-q", "-f", "qcow2", str(overlay), str(drive.size)], quiet=True)


def drive_arguments(number: int, drive: Drive, overlay: Path) -> list[str]:
    """QEMU's arguments for one drive; ``number`` counts from 0, in the firmware's order."""
    disk: dict[str, Any] = {
        "driver": "host_device" if drive.block else "file", "node-name": f"disk{number}",
        "filename": drive.path, "read-only": True, "auto-read-only": False,
    }
    if drive.block:  # past the page cache: what it holds of a disk is not what lies on it
        disk["cache"] = {"direct": True}
    base: dict[str, Any] = {
        "driver": drive.format, "node-name": f"base{number}", "file": f"disk{number}",
        "read-only": True, "force-share": True,  # whoever else writes to it is not kept from it
    }
    if drive.format == "qcow2":  # whatever the image itself names beneath it
        base["backing"] = None
    over: dict[str, Any] = {
        "driver": "qcow2", "node-name": f"overlay{number}", "backing": f"base{number}",
        "discard": "unmap",
        # It need not last: no flush of the guest's waits for a real disk.
        "cache": {"no-flush": True},
        "file": {"driver": "file", "filename": str(overlay), "cache": {"no-flush": True}},
    }
    layers = [word for node in (disk, base, over) for word in ("-blockdev", json.dumps(node))]
    return [*layers, *_device(number, drive)]


def controllers(drives: Sequence[Drive]) -> list[str]:
    """What drives hang on that the chipset has not got."""
    scsi = any(drive.bus is Bus.SCSI for drive in drives)
    return ["-device", "virtio-scsi-pci,id=scsi"] if scsi else []


def _device(number: int, drive: Drive) -> list[str]:
    device: dict[str, Any] = {
        "id": f"drive{number}", "drive": f"overlay{number}", "bootindex": number + 1,
        "logical_block_size": drive.sector, "physical_block_size": drive.sector,
    }
    serial = drive.serial[:LONGEST_SERIAL]
    if serial or drive.bus is Bus.NVME:  # which does without no more than a real one
        device["serial"] = serial or f"REHEARSED{number}"
    kinds: dict[Bus, dict[str, Any]] = {
        Bus.SATA: {"driver": "ide-hd", "bus": f"ide.{number}"},
        Bus.SCSI: {"driver": "scsi-hd", "bus": "scsi.0", "scsi-id": number, "lun": 0},
        Bus.VIRTIO: {"driver": "virtio-blk-pci"},
        Bus.NVME: {"driver": "nvme"},
    }
    return ["-device", json.dumps({**kinds[drive.bus], **device})]
