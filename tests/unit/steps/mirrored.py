"""A finished mirror for verify's points: the machine's facts, and what its host answers.

A test changes one thing and looks what no longer holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bootmirror.errors import CommandFailed, StepFailed
from bootmirror.host.host import Host, Result
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Array, Content, Disk, Machine, Member, Partition
from bootmirror.machine.recording import load_machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan, PlannedArray, Side
from bootmirror.plan.planner import make_plan
from bootmirror.steps.points.registry import look_at
from tests.unit.formats.archives import archive

RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"
BEFORE = load_machine(RECORDED.read_text())
PLAN = make_plan(
    BEFORE, Choices("PM-0001-A", "PM-0002-B", "5eed5eed-0000-4000-8000-000000000001"))
MIB = 1 << 20
RELEASE = PLAN.kernel
IMAGE = f"/boot/initrd.img-{RELEASE}"
MONITOR = "/proc/77/cmdline"
CONF, FSTAB = "/etc/mdadm/mdadm.conf", "/etc/fstab"

BOOT_IMG = (bytes(92) + b"\1" + bytes(291) + b"GRUB").ljust(510, b"\0") + b"\x55\xaa"
LIST = (2).to_bytes(8, "little") + (2).to_bytes(2, "little") + b"\x20\x08"
CORE_IMG = b"diskboot".ljust(500, b"\0") + LIST + b"core.img".ljust(900, b"c")


class Answers(Host):
    """Files, bytes and commands as a test gives them; what it does not know is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.bytes: dict[str, bytes] = {}
        self.paths: set[str] = set()
        self.links: dict[str, str] = {}
        self.times: dict[str, float] = {}
        self.shown: dict[str, list[tuple[int, str, str]]] = {}  # by device: what wipefs finds
        self.outputs: dict[str, str] = {}  # by program
        self.missing: set[str] = set()  # programs
        self.ran: list[tuple[str, ...]] = []

    def run(self, argv: Sequence[str], **rest: Any) -> Result:
        self.ran.append(tuple(argv))
        if argv[0] in self.missing:
            raise StepFailed(f"The program {argv[0]} is not installed.", f"Install {argv[0]}.")
        if argv[0] == "wipefs":
            rows = [{"offset": hex(o), "type": k, "uuid": u} for o, k, u in self.shown[argv[-1]]]
            return Result(0, json.dumps({"signatures": rows}) if rows else "", "")
        if argv[0] in self.outputs:
            return Result(0, self.outputs[argv[0]], "")
        if 1 not in rest.get("ok", (0,)):
            raise CommandFailed(argv, 1, "not in this test")
        return Result(1, "", "")

    def find(self, program: str) -> str:
        return "" if program in self.missing else f"/usr/bin/{program}"

    def read(self, path: str | Path) -> str | None:
        return self.texts.get(str(path))

    def content(self, path: str | Path, offset: int = 0, length: int = MIB) -> bytes | None:
        found = self.bytes.get(str(path))
        return None if found is None else found[offset : offset + length]

    def on_disk(self, path: str, offset: int, length: int) -> bytes:
        return self.content(path, offset, length) or b""

    def exists(self, path: str | Path) -> bool:
        return str(path) in {*self.paths, *self.texts, *self.bytes}

    def resolve(self, path: str | Path) -> str:
        return self.links.get(str(path), str(path))

    def written(self, path: str | Path) -> float:
        return self.times.get(str(path), 0.0)

    def listing(self, path: str | Path) -> list[str]:
        top = f"{path}/"
        known = {*self.texts, *self.bytes, *self.paths}
        return sorted({p.removeprefix(top).split("/")[0] for p in known if p.startswith(top)})


@dataclass
class Mirrored:
    """The machine, what its host answers, and the plan it was made by."""

    host: Answers
    machine: Machine
    plan: Plan = field(default_factory=lambda: PLAN)

    def checks(self) -> Iterator[Check]:
        return look_at(self.host, self.plan, self.machine)

    def bad(self) -> dict[str, str]:
        """What does not hold, by name."""
        checks = list(self.checks())
        assert all(check.advice and check.detail for check in checks)
        return {check.name: check.detail for check in checks if not check.ok}

    def with_file(self, path: str, text: str) -> None:
        self.host.texts[path] = text
        files = {**dict(self.machine.files), path: text}
        self.machine = replace(self.machine, files=tuple(files.items()))

    def with_array(self, number: int, **changes: Any) -> None:
        arrays = list(self.machine.arrays)
        arrays[number] = replace(arrays[number], **changes)
        self.machine = replace(self.machine, arrays=tuple(arrays))

    def with_disk(self, number: int, **changes: Any) -> None:
        disks = list(self.machine.disks)
        disks[number] = replace(disks[number], **changes)
        self.machine = replace(self.machine, disks=tuple(disks))

    def without_disk(self, side: Side) -> None:
        """The disk is gone, and md has noticed."""
        gone = self.plan.disk(side).find(self.machine)
        own = {partition.name for partition in gone.partitions}
        arrays = tuple(
            replace(a, members=tuple(m for m in a.members if m.name not in own))
            for a in self.machine.arrays)
        disks = tuple(d for d in self.machine.disks if d is not gone)
        self.machine = replace(self.machine, disks=disks, arrays=arrays)


def mirrored() -> Mirrored:
    """As it is when all is well."""
    host = Answers()
    disks = tuple(sorted((_disk(side) for side in Side), key=lambda disk: disk.name))
    programs = {**dict(BEFORE.programs), "mdadm": "/sbin/mdadm"}
    machine = replace(BEFORE, disks=disks, files=(), programs=tuple(programs.items()))
    machine = replace(machine, arrays=tuple(_array(machine, a) for a in PLAN.arrays))
    sources = {f.mountpoint: PLAN.array_of(f).device for f in PLAN.filesystems}
    machine = replace(
        machine,
        mounts=tuple(replace(m, source=sources.get(m.target, m.source)) for m in BEFORE.mounts),
        boot_loader=replace(BEFORE.boot_loader,
                            install_devices=tuple(d.by_id[0] for d in disks)))
    found = Mirrored(host, machine)
    _files(found)
    _devices(found)
    return found


def _disk(side: Side) -> Disk:
    disk = PLAN.disk(side).find(BEFORE)
    members = {a.partition: a for a in PLAN.arrays}
    swap = PLAN.plain_swaps[0]
    parts = []
    for p in PLAN.partitions(side):
        uuid = swap.source_uuid if side is Side.SOURCE else swap.uuid
        content = Content("linux_raid_member") if p.number in members else Content("swap", uuid)
        parts.append(Partition(p.number, f"{disk.name}{p.number}", f"{disk.path}{p.number}",
                               p.start, p.size, p.type, p.bootable, content=content))
    return replace(disk, table=PLAN.table, partitions=tuple(parts))


def _array(machine: Machine, planned: PlannedArray) -> Array:
    legs = [PLAN.disk(m.side).find(machine).partition(m.partition) for m in planned.members]
    held = next(f for f in PLAN.filesystems if f.partition == planned.partition)
    members = tuple(Member(leg.name, slot, "in_sync") for slot, leg in enumerate(legs) if leg)
    size = min(leg.size for leg in legs if leg) - MIB
    return Array(planned.device.removeprefix("/dev/"), planned.device, planned.uuid, "raid1",
                 planned.metadata, size, 2, members, "clean", content=Content(held.kind, held.uuid))


def _files(found: Mirrored) -> None:
    found.with_file(CONF, PLAN.config(CONF).text)
    found.with_file(FSTAB, PLAN.config(FSTAB).text)
    host = found.host
    host.texts[MONITOR] = "\0".join(("/sbin/mdadm", "--monitor", "--scan", ""))
    host.texts["/boot/grub/grub.cfg"] = (
        "menuentry 'Linux' {\n"
        f"\tlinux\t/vmlinuz-{RELEASE} root={PLAN.boot.root} ro quiet\n"
        f"\tinitrd\t/initrd.img-{RELEASE}\n}}\n")
    host.bytes[IMAGE] = image(PLAN.config(CONF).text)
    host.times[IMAGE] = 1000.0
    host.paths |= {"/", "/boot", "/tmp"}


def image(conf: str, **more: str) -> bytes:
    """An initramfs with what it must have."""
    return archive({"lib/modules/raid1.ko": b"", "sbin/mdadm": b"",
                    "etc/mdadm/mdadm.conf": conf.encode(),
                    **{name: text.encode() for name, text in more.items()}})


def _devices(found: Mirrored) -> None:
    host = found.host
    host.bytes["/boot/grub/i386-pc/boot.img"] = BOOT_IMG
    host.bytes["/boot/grub/i386-pc/core.img"] = CORE_IMG
    embedded = BOOT_IMG + CORE_IMG.ljust(4 * 512, b"\0")
    for disk in found.machine.disks:
        host.bytes[disk.path] = embedded
        host.shown[disk.path] = [(0x1FE, "dos", "")]
        host.links |= dict.fromkeys(disk.by_id, disk.path)
        for partition in disk.partitions:
            host.shown[partition.path] = [(0xFF6, "swap", "")]
    for planned, array in zip(PLAN.arrays, found.machine.arrays, strict=True):
        place = f"/sys/block/{array.name}/md"
        host.texts[f"{place}/component_size"] = f"{array.size // 1024}\n"
        for member in array.members:
            host.texts[f"{place}/dev-{member.name}/offset"] = f"{MIB // 512}\n"
            host.texts[f"{place}/dev-{member.name}/bad_blocks"] = ""
            host.texts[f"{place}/dev-{member.name}/unacknowledged_bad_blocks"] = ""
            uuid = planned.uuid.replace(":", "")
            host.shown[f"/dev/{member.name}"] = [(0x1000, "linux_raid_member", uuid)]
        assert array.content is not None
        host.shown[array.path] = [(0x438, array.content.kind, array.content.uuid)]
        host.bytes[array.path] = ext4(array.size)


def ext4(size: int) -> bytes:
    """The start of an ext4 of so many bytes in blocks of 4 KiB."""
    start = bytearray(2048)
    start[1024 + 4 : 1024 + 8] = (size // 4096).to_bytes(4, "little")
    start[1024 + 0x18] = 2
    start[1024 + 0x38 : 1024 + 0x3A] = b"\x53\xef"
    return bytes(start)
