"""Signatures of LVM and LUKS as their tools write them: the lab needs neither installed."""

from __future__ import annotations

import struct
from pathlib import Path

SECTOR = 512
LVM_CRC_START = 0xF597A6CF  # lib/misc/crc.h of LVM2
LVM_CRC_POLYNOMIAL = 0xEDB88320


def lvm_crc(data: bytes) -> int:
    """LVM's checksum: CRC-32 with its own start value and no final complement."""
    crc = LVM_CRC_START
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (LVM_CRC_POLYNOMIAL if crc & 1 else 0)
    return crc


def write_lvm(device: str) -> None:
    """A physical volume's label in the second sector (label_header, pv_header of LVM2)."""
    offset = 32
    body = struct.pack("<I8s", offset, b"LVM2 001") + b"0123456789abcdefghijklmnopqrstuv"
    body = body.ljust(SECTOR - 20, b"\0")
    label = struct.pack("<8sQI", b"LABELONE", 1, lvm_crc(body)) + body
    with Path(device).open("r+b") as disk:
        disk.seek(SECTOR)
        disk.write(label)


def write_luks(device: str) -> None:
    """A LUKS1 header's beginning: magic, version, UUID (on-disk format specification 1.2.3)."""
    header = struct.pack(">6sH32s32s32sIIII", b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64",
                         b"sha256", 4096, 64, 0, 1000)
    header = header.ljust(168, b"\0") + b"6f1a9a5e-0000-4000-8000-00000000a001".ljust(40, b"\0")
    with Path(device).open("r+b") as disk:
        disk.write(header.ljust(592, b"\0"))
