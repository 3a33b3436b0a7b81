"""How much of its device a file system takes, from its superblock."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from bootmirror.formats.superblock import LENGTH, reserved_of, size_of
from bootmirror.kinds.ext import Ext
from bootmirror.kinds.filesystem import NewFilesystem

MIB = 1 << 20


@pytest.mark.parametrize("options", [
    ("-t", "ext2", "-b", "1024"), ("-t", "ext4", "-b", "4096"), ("-t", "ext4", "-O", "64bit")])
def test_ext_as_its_own_tool_makes_it(tmp_path: Path, options: tuple[str, ...]) -> None:
    image = tmp_path / "fs"
    with image.open("wb") as file:
        file.truncate(20 * MIB)
    subprocess.run(["/sbin/mkfs.ext4", "-q", *options, str(image)], check=True)
    assert size_of(image.read_bytes()[:LENGTH]) == 20 * MIB


@pytest.mark.parametrize("percent", ["0", "1.5", "5", "50"])
def test_what_ext_keeps_for_root_is_kept_again(tmp_path: Path, percent: str) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    for image in (first, again):
        with image.open("wb") as file:
            file.truncate(20 * MIB)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-m", percent, str(first)], check=True)
    reserved = reserved_of(first.read_bytes()[:LENGTH])
    assert reserved == pytest.approx(float(percent), abs=0.01)
    new = NewFilesystem("5eed5eed-0000-4000-8000-000000000001", 20 * MIB, 10, (), reserved)
    argv = Ext("ext4").mkfs(str(again), new)
    subprocess.run([f"/sbin/{argv[0]}", *argv[1:]], check=True)
    assert reserved_of(again.read_bytes()[:LENGTH]) == pytest.approx(reserved, abs=0.01)


def test_ext4_beyond_two_to_the_32_blocks() -> None:
    start = bytearray(LENGTH)
    struct.pack_into("<I", start, 1024 + 0x04, 5)
    struct.pack_into("<I", start, 1024 + 0x18, 2)
    struct.pack_into("<H", start, 1024 + 0x38, 0xEF53)
    struct.pack_into("<I", start, 1024 + 0x60, 1 << 7)
    struct.pack_into("<I", start, 1024 + 0x150, 1)
    assert size_of(bytes(start)) == (2**32 + 5) * 4096


def test_xfs() -> None:
    assert size_of(struct.pack(">4sIQ", b"XFSB", 4096, 1000)) == 4096 * 1000


def test_nothing_that_is_known() -> None:
    assert reserved_of(b"") is None
    assert size_of(b"") == 0
    assert size_of(bytes(LENGTH)) == 0
