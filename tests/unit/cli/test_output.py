"""What status says of the disks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bootmirror.cli.output import disk_lines
from bootmirror.machine.model import Content, Machine
from bootmirror.machine.recording import load_machine

RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"
MACHINE = load_machine(RECORDED.read_text())


def _lines(name: str, machine: Machine = MACHINE) -> list[str]:
    found = next(disk for disk in machine.disks if disk.name == name)
    return list(disk_lines(machine, found))


def test_a_blank_disk_is_free() -> None:
    assert _lines("sda")[1:] == ["  free            2.6 GB"]


def test_what_a_larger_disk_has_left_is_shown_as_free() -> None:
    disks = [replace(d, size=d.size + 512_000_000) for d in MACHINE.disks]
    assert _lines("sdb", replace(MACHINE, disks=tuple(disks)))[-1] == "  free          513.0 MB"


def test_the_edge_behind_the_last_partition_is_not_shown() -> None:
    assert not [line for line in _lines("sdb") if "free" in line]


def test_a_disk_with_content_of_its_own_has_nothing_free() -> None:
    disks = [replace(d, content=Content("ext4", "u-1", "", "")) for d in MACHINE.disks]
    assert len(_lines("sda", replace(MACHINE, disks=tuple(disks)))) == 1
