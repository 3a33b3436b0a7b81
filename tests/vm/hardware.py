"""QEMU's arguments for a described machine: its disks' bus, its firmware."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.vm.image.naming import MODEL
from tests.vm.image.spec import Spec

# The package ovmf. Without Secure Boot's keys: what starts is up to the boot entries alone.
FIRMWARE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
EMPTY_NVRAM = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
NVRAM = "nvram.fd"


@dataclass(frozen=True)
class Drive:
    """A disk to be attached."""

    file: str  # as QEMU takes it: a path, or a server's URI
    format: str  # raw or qcow2
    serial: str
    sector: int = 512  # bytes


def controllers(spec: Spec) -> list[str]:
    """What the disks hang on."""
    return ["-device", "virtio-scsi-pci,id=scsi"] if spec.bus == "scsi" else []


def drive_arguments(spec: Spec, number: int, drive: Drive, cache: str) -> list[str]:
    """One disk; ``number`` counts from 0, in the firmware's order."""
    block = f",logical_block_size={drive.sector},physical_block_size={drive.sector}"
    device = {
        "scsi": f"scsi-hd,bus=scsi.0,scsi-id={number},lun=0,vendor=PRACTICE,product=DISK",
        "sata": f"ide-hd,bus=ide.{number},model={MODEL}",
        "virtio": f"virtio-blk-pci,addr={number + 4:#x}",
        "nvme": "nvme",
    }[spec.bus]
    return [
        "-drive",
        f"if=none,id=disk{number},file={drive.file},format={drive.format}"
        f",cache={cache},discard=unmap,detect-zeroes=unmap",
        "-device",
        f"{device},drive=disk{number},serial={drive.serial},bootindex={number + 1}"
        + (block if drive.sector != 512 else ""),
    ]


def firmware(spec: Spec, directory: Path) -> list[str]:
    """UEFI with its variables kept in ``directory``; nothing for a BIOS, which is QEMU's own."""
    if not spec.uefi:
        return []
    nvram = directory / NVRAM
    if not nvram.exists():
        shutil.copy(EMPTY_NVRAM, nvram)
    return [
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={FIRMWARE}",
        "-drive", f"if=pflash,unit=1,format=raw,file={nvram}",
    ]
