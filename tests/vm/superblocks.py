"""md superblocks on a disk image, found and destroyed from outside the machine."""

from __future__ import annotations

import json
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAGIC = 0xA92B4EFC  # linux/raid/md_p.h
SIZE = 4096  # bytes destroyed at each place


@dataclass(frozen=True)
class Member:
    """A partition of an image that holds a part of an array."""

    number: int  # of the partition
    start: int  # byte of the image
    superblock: int  # byte of the image
    data: int  # byte of the image where the array's own data begins


def _places(start: int, size: int) -> list[int]:
    """Where 1.1, 1.2, 1.0 and 0.90 keep their superblocks (md(4), mdadm's super1.c)."""
    sectors = size // 512
    old = (size & ~(65_536 - 1)) - 65_536
    return [start, start + 4096, start + ((sectors - 16) & ~7) * 512, start + old]


def partitions(image: Path) -> list[tuple[int, int]]:
    """First byte and length in bytes of each partition of a raw disk image."""
    done = subprocess.run(["sfdisk", "--json", str(image)], check=True, capture_output=True)
    table = json.loads(done.stdout)["partitiontable"]["partitions"]
    return [(entry["start"] * 512, entry["size"] * 512) for entry in table]


def members(image: Path) -> list[Member]:
    """The array members of a raw disk image."""
    found = []
    with image.open("rb") as file:
        for number, (start, size) in enumerate(partitions(image), 1):
            for place in _places(start, size):
                file.seek(place)
                block = file.read(256)
                magic, major = struct.unpack_from("<II", block)
                if magic == MAGIC:
                    offset = struct.unpack_from("<Q", block, 128)[0] * 512 if major == 1 else 0
                    found.append(Member(number, start, place, start + offset))
    return found


def destroy(image: Path, which: list[Member]) -> None:
    """Overwrite the superblocks of these members with zeros."""
    with image.open("r+b") as file:
        for member in which:
            file.seek(member.superblock)
            file.write(bytes(SIZE))
