"""What lsblk says of disks that share a number, and of what lies on several ways to a disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bootmirror.host.host import Host, Result
from bootmirror.machine.blocks import list_blocks, read_disks, read_mapped
from bootmirror.machine.model import Disk
from bootmirror.machine.recording import load_machine
from bootmirror.plan.preflight import machine_refusals
from tests.unit.machine.test_labels import NUMBERS, TEXTS
from tests.unit.plan.test_lvm import GROUP, ROOT

MACHINE = load_machine(
    (Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json").read_text())


class Listed(Host):
    """A machine with these block devices, and nothing in sysfs."""

    def __init__(self, *nodes: dict[str, Any]) -> None:
        super().__init__()
        self._nodes = nodes

    def run(self, argv: Sequence[str], **_rest: Any) -> Result:
        assert argv[0] == "lsblk"
        return Result(0, json.dumps({"blockdevices": self._nodes}), "")

    def read(self, path: object) -> str | None:
        del path
        return None

    def listing(self, path: object) -> list[str]:
        del path
        return []

    def exists(self, path: object) -> bool:
        del path
        return False

    def sector(self, path: str, offset: int = 0, length: int = 512) -> bytes:
        del path, offset, length
        return b""


def node(name: str, kind: str = "disk", path: str = "", **more: Any) -> dict[str, Any]:
    return {**NUMBERS, **dict.fromkeys(TEXTS), "kname": name, "path": path or f"/dev/{name}",
            "type": kind, "maj:min": "8:0", **more}


def disks(*nodes: dict[str, Any]) -> tuple[Disk, ...]:
    host = Listed(*nodes)
    return read_disks(host, list_blocks(host))


def test_a_serial_of_its_own_is_a_disks_id() -> None:
    found = disks(node("sda", serial="A", wwn="1"), node("sdb", serial="B", wwn="1"),
                  node("sdc", wwn="2"))
    assert [d.id for d in found] == ["A", "B", "2"]


def test_where_disks_share_a_serial_the_wwn_is_their_id() -> None:
    """Logical drives of a Smart Array, namespaces of an NVMe disk."""
    found = disks(node("sda", serial="P", wwn="0x600a"), node("sdb", serial="P", wwn="0x600b"),
                  node("sdc", serial="C", wwn="0x600c"))
    assert [d.id for d in found] == ["0x600a", "0x600b", "C"]
    machine = replace(MACHINE, disks=found)
    assert machine.disk("P") is None, "it names neither"
    for disk in found:
        assert all(machine.disk(name) == disk for name in (disk.id, disk.name, disk.wwn))


def test_where_they_share_more_all_of_it_is_their_id() -> None:
    found = disks(
        node("sda", serial="P", wwn="1"), node("sdb", serial="P", wwn="2"),
        node("sdc", serial="Q", wwn="2"), node("sdd", serial="Q", wwn="1"),
        node("sde", serial="000"), node("sdf", serial="000", size=1 << 31))
    assert [d.id for d in found] == ["P/1", "P/2", "Q/2", "Q/1", "000/1073741824", "000/2147483648"]
    machine = replace(MACHINE, disks=found)
    assert all(machine.disk(disk.id) == disk for disk in found)


def test_twins_have_one_id() -> None:
    first, second = disks(node("sda", serial="P", wwn="1"), node("sdb", serial="P", wwn="1"))
    assert first.id == second.id == "P"
    assert replace(MACHINE, disks=(first, second)).disk("P") == first


def test_an_id_of_then_finds_the_disk_when_the_other_is_gone() -> None:
    both = disks(node("sda", serial="P", wwn="1"), node("sdb", serial="P", wwn="2"),
                 node("sdc", serial="Q", wwn="2"))
    (alone,) = disks(node("sda", serial="P", wwn="2"))
    assert both[1].id == "P/2" and alone.id == "P"
    assert replace(MACHINE, disks=(alone,)).disk("P/2") == alone


def multipath(*children: dict[str, Any]) -> list[dict[str, Any]]:
    """Two ways to one disk, as lsblk shows them: each with the whole tree below it."""
    return [node(name, serial="P", children=[
        node("dm-0", "mpath", "/dev/mapper/mpatha", children=[
            node("dm-1", "part", "/dev/mapper/mpatha-part2", children=list(children))])])
        for name in ("sda", "sdb")]


def test_a_partition_of_a_multipath_device_is_known_as_that() -> None:
    crypt = node("dm-2", "crypt", "/dev/mapper/x")
    assert dict(read_mapped(list_blocks(Listed(*multipath(crypt))))) == {
        "/dev/mapper/mpatha": "mpath", "/dev/mapper/mpatha-part2": "mpath",
        "/dev/mapper/x": "crypt"}


def test_a_root_on_one_is_refused_as_multipath() -> None:
    mapped = read_mapped(list_blocks(Listed(*multipath())))
    mounts = tuple(replace(m, source="/dev/mapper/mpatha-part2") if m.target == "/" else m
                   for m in MACHINE.mounts)
    (found,) = machine_refusals(replace(MACHINE, mounts=mounts, mapped=mapped))
    assert found.code == "root-multipath"


def test_a_volume_on_one_is_refused_as_multipath() -> None:
    volume = node("dm-2", "lvm", ROOT.path)
    mapped = read_mapped(list_blocks(Listed(*multipath(volume))))
    mounts = tuple(replace(m, source=ROOT.path) if m.target == "/" else m for m in MACHINE.mounts)
    group = replace(GROUP, physical=("/dev/mapper/mpatha-part2",))
    (found,) = machine_refusals(
        replace(MACHINE, mounts=mounts, mapped=mapped, volume_groups=(group,)))
    assert found.code == "root-multipath"
