"""Images as tools build them: microcode first, then mostly one compressed archive."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.initramfs_image import look_into
from tests.unit.formats.archives import archive

EARLY = archive({"kernel/x86/microcode/GenuineIntel.bin": b"m" * 5000})
MAIN = archive({"sbin/mdadm": b"", "etc/mdadm/mdadm.conf": b"ARRAY /dev/md0\n"})


def wanted(name: str) -> bool:
    return name.endswith(".conf")


@pytest.mark.parametrize("data", [
    MAIN,
    gzip.compress(MAIN),
    lzma.compress(MAIN),
    EARLY + MAIN,
    EARLY.ljust(8192, b"\0") + gzip.compress(MAIN),
    EARLY + archive({"usr/lib/modules/raid1.ko": b""}) + lzma.compress(MAIN),
], ids=["plain", "gzip", "xz", "two plain", "microcode and gzip", "three"])
def test_the_file_is_found(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "initrd.img"
    path.write_bytes(data)
    found = look_into(Host(), str(path), wanted)
    assert {"sbin/mdadm", "etc/mdadm/mdadm.conf"} <= found.names
    assert found.text("etc/mdadm/mdadm.conf") == "ARRAY /dev/md0\n"
    assert found.text("sbin/mdadm") is None


def test_the_last_of_two_files_counts(tmp_path: Path) -> None:
    path = tmp_path / "initrd.img"
    path.write_bytes(archive({"a.conf": b"old"}) + archive({"a.conf": b"new"}))
    assert look_into(Host(), str(path), wanted).text("a.conf") == "new"


@pytest.mark.parametrize("data", [
    MAIN[:-30], gzip.compress(MAIN)[:-20], EARLY + b"rubbish", b"", b"\0" * 600,
], ids=["plain", "gzip", "rubbish behind", "empty", "zeros"])
def test_a_torn_image_is_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "initrd.img"
    path.write_bytes(data)
    with pytest.raises(StepFailed, match="cannot be unpacked"):
        look_into(Host(), str(path), wanted)


def test_a_missing_image_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="is not there"):
        look_into(Host(), str(tmp_path / "none"), wanted)
