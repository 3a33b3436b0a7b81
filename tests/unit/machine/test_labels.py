"""What somebody else wrote on a disk is printable and bounded from the snapshot on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from bootmirror.host.clean import LIMIT
from bootmirror.host.host import Host, Result
from bootmirror.machine.blocks import list_blocks, read_disks
from bootmirror.machine.model import Disk

EVIL = "\x1b[2J\x1b]0;title\x07\u202egnp\x9b31m" + "x" * 10_000
NUMBERS = {"size": 1 << 30, "log-sec": 512, "phy-sec": 512, "rm": False, "ro": False,
           "rota": False, "hotplug": False}
TEXTS = ("model", "vendor", "serial", "wwn", "tran", "pttype", "ptuuid", "parttype", "partuuid",
         "partlabel", "partflags", "fstype", "fsver", "label", "uuid")


class Strangers(Host):
    """A machine whose one disk says nothing but control sequences."""

    def run(self, argv: Sequence[str], **_rest: Any) -> Result:
        assert argv[0] == "lsblk"
        part = self.node("sda1", "part")
        disk = {**self.node("sda", "disk"), "children": [part]}
        return Result(0, json.dumps({"blockdevices": [disk]}), "")

    def node(self, name: str, kind: str) -> dict[str, Any]:
        return {**NUMBERS, **dict.fromkeys(TEXTS, EVIL), "kname": name, "path": f"/dev/{name}",
                "type": kind, "maj:min": "8:0"}

    def exists(self, path: object) -> bool:
        return path == "/sys/block/sda/sda1"

    def read(self, path: object) -> str | None:
        return "1" if str(path).endswith("partition") else None

    def listing(self, path: object) -> list[str]:
        del path
        return []

    def sector(self, path: str, offset: int = 0, length: int = 512) -> bytes:
        del path, offset, length
        return b""


def strings(value: object) -> list[str]:
    """Every string in a snapshot."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in strings(item)]
    if is_dataclass(value):
        return [text for f in fields(value) for text in strings(getattr(value, f.name))]
    return []


def disks() -> tuple[Disk, ...]:
    host = Strangers()
    return read_disks(host, list_blocks(host))


def test_nothing_a_disk_says_reaches_a_terminal_as_it_is() -> None:
    (disk,) = disks()
    assert len(disk.partitions) == 1 and disk.partitions[0].content is not None
    found = strings(disk)
    assert len(found) > len(TEXTS)
    assert all(text.isprintable() for text in found)
    assert max(map(len, found)) <= 2 * LIMIT + 1  # vendor and model are one string
    assert disk.serial.startswith("\\x1b[2J")
