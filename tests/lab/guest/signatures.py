"""Signatures of md, LVM and LUKS as their tools write them: the lab needs few of these."""

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


def raid_superblock(device: str) -> tuple[int, bytes]:
    """Where a superblock of version 0.90 lies on a device, and one (linux/raid/md_p.h)."""
    size = int(Path(f"/sys/class/block/{device.rsplit('/', 1)[-1]}/size").read_text()) * SECTOR
    offset = (size & ~0xFFFF) - 0x10000
    words = [0] * 1024
    words[:14] = (0xA92B4EFC, 0, 90, 0, 0, 0x5EED0001, 0x5F000000, 1, offset // 1024, 2, 2, 20, 0,
                  0x5EED0002)
    words[14:16] = 0x5EED0003, 0x5EED0004
    total = sum(words)
    words[38] = (total & 0xFFFFFFFF) + (total >> 32) & 0xFFFFFFFF
    return offset, struct.pack("<1024I", *words)
