"""The recorded practice machine as a host that is asked: what lsblk, findmnt and the files say.

Hostile strings stand wherever a disk, a label or a person decides what stands there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest import mock

from bootmirror.host.host import Host, Result
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Content, Disk, Machine, Partition
from bootmirror.machine.recording import load_machine

RECORDED = load_machine(
    (Path(__file__).parent / "machines" / "debian12-bios-grub.json").read_text())
SOURCE = "PM-0001-A"


class HostileHost(Host):
    """Answers with the recording. ``strings`` stand in turn where a string is free."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__()
        self._strings = cycle(strings)
        self._blocks = [node for disk in RECORDED.disks for node in self._disk(disk)]
        self._links = {f"/dev/disk/by-id/{self._name()}{i}": disk.name
                       for i, disk in enumerate(RECORDED.disks)}
        self._files = {path: self._file(path, text) for path, text in RECORDED.files}
        self._files |= {
            "/proc/cmdline": f"{RECORDED.cmdline} {self.free()}",
            "/proc/sys/kernel/random/boot_id": self.free(),
            "/etc/os-release": f"ID=debian\nVERSION_ID=12\nPRETTY_NAME='{self.free()}'\n",
            "/proc/swaps": "Filename Type Size Used Priority\n" + "".join(
                f"{s.path} {s.kind} {s.size // 1024} {s.used // 1024} -2\n"
                for s in RECORDED.swaps),
            "/var/cache/debconf/config.dat": (
                f"Name: grub-pc/install_devices\nTemplate: x\nValue: {self.free()}\n\n"),
            "/boot/grub/grubenv": f"# GRUB Environment Block\nsaved_entry={self.free()}\n",
            "/proc/mdstat": "Personalities :\nunused devices: <none>\n",
        }
        for disk in RECORDED.disks:
            if disk.id != SOURCE:
                self._files |= {f"/sys/block/{disk.name}/{disk.name}1/partition": "1",
                                f"/sys/block/{disk.name}/{disk.name}1/start": "2048"}
            for p in disk.partitions:
                place = f"/sys/block/{disk.name}/{p.name}"
                self._files |= {f"{place}/partition": str(p.number), f"{place}/start":
                                str(p.start // 512)}

    def free(self) -> str:
        """The next hostile string."""
        return next(self._strings)

    def _name(self) -> str:
        """As a name in a directory: neither a slash nor a NUL."""
        return self.free().replace("/", "").replace("\0", "")[:200]

    def _file(self, path: str, text: str) -> str:
        """Somebody's file with a line of his own at its end."""
        return f"{text}# {self.free()}\n" if text.endswith("\n") else text

    def _disk(self, disk: Disk) -> Iterator[dict[str, Any]]:
        number = disk.name[-1]
        yield {**self._node(disk, "disk", disk.content), "model": self.free(),
               "vendor": self.free(), "serial": f"{number}{self.free()}", "wwn": self.free(),
               "tran": self.free(), "pttype": disk.table, "ptuuid": disk.table_id}
        for p in disk.partitions:
            yield {**self._node(p, "part", p.content), "parttype": f"0x{p.type}",
                   "partflags": "0x80" if p.bootable else None, "partuuid": self.free(),
                   "partlabel": self.free()}
        if disk.id != SOURCE:
            yield {**self._node(disk, "part", None), "kname": f"{disk.name}1",
                   "path": f"{disk.path}1", "size": 1 << 30, "fstype": self.free() or "x",
                   "uuid": self.free(), "label": self.free(), "partlabel": self.free(),
                   "parttype": self.free()}

    def _node(self, item: Disk | Partition, kind: str, content: Content | None
              ) -> dict[str, Any]:
        keys = ("model vendor serial wwn tran pttype ptuuid parttype partuuid partlabel partflags "
                "fstype fsver label uuid")
        return {
            **dict.fromkeys(keys.split()),
            "kname": item.name, "path": item.path, "type": kind, "size": item.size,
            "maj:min": "8:0", "ro": False, "rm": False, "hotplug": False, "rota": True,
            "log-sec": 512, "phy-sec": 512,
            **({"fstype": content.kind, "uuid": content.uuid, "label": self.free(),
                "fsver": self.free()} if content else {}),
        }

    # -- the host's own door ------------------------------------------------------------------

    def run(self, argv: Sequence[str], **options: Any) -> Result:
        del options
        if argv[0] == "lsblk":
            return Result(0, json.dumps({"blockdevices": self._blocks}), "")
        if argv[0] == "findmnt":
            mounts = [{"target": m.target, "source": m.source, "fstype": m.fstype,
                       "options": f"{m.options},{self.free()}", "maj:min": m.devno,
                       "fsroot": m.fsroot} for m in RECORDED.mounts]
            stick = {"target": f"/media/{self.free()}", "source": "/dev/sdz1", "fstype": "vfat",
                     "options": self.free(), "maj:min": "8:99", "fsroot": "/"}
            return Result(0, json.dumps({"filesystems": [*mounts, stick]}), "")
        if argv[0] == "lvm":
            rows: dict[str, Any] = {"pv": [{
                "pv_name": f"/dev/{self.free()}", "vg_name": self.free(), "vg_uuid": self.free(),
                "vg_extent_size": "4194304", "vg_size": "1073741824"}]}
            return Result(0, json.dumps({"report": [rows]}), "")
        return Result(0, self.free(), self.free())

    def find(self, program: str) -> str:
        return "" if program == "lilo" else f"/usr/bin/{program}"

    def read(self, path: str | Path) -> str | None:
        return self._files.get(str(path))

    def listing(self, path: str | Path) -> list[str]:
        if str(path).startswith("/dev/disk/by-id"):
            return [link.rsplit("/", 1)[-1] for link in self._links]
        return [self._name()] if str(path).endswith("/holders") and self.free() == "" else []

    def exists(self, path: str | Path) -> bool:
        disk, _, part = str(path).removeprefix("/sys/block/").partition("/")
        return str(path) == "/boot/grub/grub.cfg" or bool(disk and part.startswith(disk))

    def resolve(self, path: str | Path) -> str:
        return f"/dev/{self._links.get(str(path), 'null')}"

    def usage(self, path: str) -> Any:
        found = next((m for m in RECORDED.mounts if m.target == path), None)
        if found is None:
            return None
        return mock.Mock(f_blocks=found.size // 4096, f_frsize=4096, f_files=100_000,
                         f_bfree=(found.size - found.used) // 4096, f_ffree=90_000)

    def sector(self, path: str, offset: int = 0, length: int = 512) -> bytes:
        return b"GRUB".ljust(512, b"\0")


def hostile_machine(strings: Sequence[str]) -> Machine:
    """What inspect makes of such a machine."""
    host = HostileHost(strings)
    with mock.patch("os.geteuid", lambda: 0), mock.patch.multiple(
        "platform", node=host.free, release=lambda: RECORDED.kernel
    ):
        return inspect(host)
