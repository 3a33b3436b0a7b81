"""A disk's volatile write cache, as a plugin of nbdkit (nbdkit-python-plugin(3)).

What is written stays in memory until the disk is told to flush. With chance=N, one write in N sends
some of what waits to the file before that, in no order, drawn from seed=WORDS: as a disk does that
has time. With most=N, what has waited longest goes when more than N bytes wait. When this process
is killed with its machine, the rest is lost.
"""

from __future__ import annotations

import os
import random
from itertools import islice
from typing import Any

import nbdkit

API_VERSION = 2
BLOCK = 4096
SETTINGS: dict[str, str] = {"file": "", "chance": "0", "most": "0", "seed": ""}
DRAIN = 24  # blocks at a time


def config(key: str, value: str) -> None:
    SETTINGS[key] = value


class Disk:
    """A file, and the blocks that have not reached it."""

    def __init__(self) -> None:
        self.file = os.open(SETTINGS["file"], os.O_RDWR)
        self.size = os.fstat(self.file).st_size
        self.waiting: dict[int, bytes] = {}
        self.chance = int(SETTINGS["chance"])
        self.most = int(SETTINGS["most"]) // BLOCK
        self.random = random.Random(SETTINGS["seed"])  # the same at each try

    def read(self, offset: int, length: int) -> bytearray:
        found = bytearray(os.pread(self.file, length, offset))
        for number in range(offset // BLOCK, (offset + length - 1) // BLOCK + 1):
            block = self.waiting.get(number)
            if block is not None:
                begin, end = max(offset, number * BLOCK), min(offset + length, (number + 1) * BLOCK)
                found[begin - offset : end - offset] = block[
                    begin - number * BLOCK : end - number * BLOCK]
        return found

    def write(self, data: Any, offset: int) -> None:
        end = offset + len(data)
        first, last = offset // BLOCK * BLOCK, -(-end // BLOCK) * BLOCK
        if first != offset or last != end:  # parts of blocks are made whole
            whole = self.read(first, min(last, self.size) - first)
            whole[offset - first : end - first] = data
            data, offset = whole, first
        for at in range(0, len(data), BLOCK):
            self.waiting[(offset + at) // BLOCK] = bytes(data[at : at + BLOCK])
        if self.chance and not self.random.randrange(self.chance):
            self.drain(self.random.sample(sorted(self.waiting), min(DRAIN, len(self.waiting))))
        if self.most and len(self.waiting) > self.most:
            self.drain(list(islice(self.waiting, len(self.waiting) - self.most)))

    def drain(self, numbers: list[int]) -> None:
        for number in numbers:
            os.pwrite(self.file, self.waiting.pop(number), number * BLOCK)

    def flush(self) -> None:
        self.drain(list(self.waiting))
        os.fdatasync(self.file)


def open(readonly: bool) -> Disk:  # noqa: A001 - the plugin's interface
    del readonly
    return Disk()


def get_size(disk: Disk) -> int:
    return disk.size


def can_fua(disk: Disk) -> int:
    del disk
    return int(nbdkit.FUA_EMULATE)


def pread(disk: Disk, buffer: Any, offset: int, flags: int) -> None:
    del flags
    buffer[:] = disk.read(offset, len(buffer))


def pwrite(disk: Disk, buffer: Any, offset: int, flags: int) -> None:
    del flags
    disk.write(buffer, offset)


def flush(disk: Disk, flags: int) -> None:
    del flags
    disk.flush()
