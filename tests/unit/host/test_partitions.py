"""Reading a partition table before it is too late to find that it cannot be changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bootmirror.errors import Refused
from bootmirror.host.partitions import NewPartition, read_table

MIB = 1 << 20
WANTED = [NewPartition(1, MIB, 20 * MIB), NewPartition(2, 21 * MIB, 20 * MIB)]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A GPT with two partitions, in a file."""
    path = tmp_path / "disk"
    path.write_bytes(b"")
    with path.open("r+b") as disk:
        disk.truncate(64 * MIB)
    subprocess.run(["/usr/sbin/sfdisk", "--quiet", path], check=True, timeout=60,
                   input=b"label: gpt\nsize=20MiB\nsize=20MiB\n")
    return path


def test_a_good_one_is_read(image: Path) -> None:
    before = image.read_bytes()
    read_table(str(image), WANTED)
    assert image.read_bytes() == before


def test_one_whose_backup_is_gone_is_refused(image: Path) -> None:
    with image.open("r+b") as disk:
        disk.seek(64 * MIB - 33 * 512)
        disk.write(bytes(33 * 512))
    with pytest.raises(Refused, match=r"backup GPT table is corrupt.* used\.$") as refused:
        read_table(str(image), WANTED)
    assert "sgdisk" in refused.value.hint


def test_partitions_that_lie_elsewhere_are_refused(image: Path) -> None:
    with pytest.raises(Refused, match="no partition 2"):
        read_table(str(image), [NewPartition(2, 22 * MIB, 20 * MIB)])
