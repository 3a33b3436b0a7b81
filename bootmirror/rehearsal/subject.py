"""What is booted: a disk of a conversion, or a disk or an image of one that is no part of any."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from bootmirror.errors import BootmirrorError, UsageError
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.configs import FSTAB
from bootmirror.plan.model import DiskRef, Plan
from bootmirror.rehearsal.drives import Bus, Drive, drive_of
from bootmirror.rehearsal.hidden import NOTHING, Hidden, hidden_from
from bootmirror.rehearsal.tools import QEMU_IMG

ESP_TYPES = ("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "ef")  # GPT's and the MBR's
# What a boot loader's directory on an ESP may hold, the one that a signed GRUB wants before it.
LOADERS = ("shimx64.efi", "grubx64.efi")


@dataclass(frozen=True)
class Subject:
    """What the machine is made of."""

    drives: tuple[Drive, ...]  # in the firmware's order
    uefi: bool = False
    # UEFI only: the loaders to start, the first that is there, as paths in an ESP. For a disk that
    # has nothing at the path for every disk yet: the machine's own memory names its loader.
    loaders: tuple[str, ...] = ()
    hidden: Hidden = NOTHING  # what its system mounts from disks that are none of these


def first_boot(plan: Plan, machine: Machine, bus: str = "") -> Subject:
    """The machine as it is about to restart: with a BIOS the way to the mirror leads over the
    source disk's boot loader, so both are there. Raises Refused when one is gone."""
    mirror = _drive(plan.mirror, machine, bus)
    fstab = next((c.text for c in plan.configs if c.path == FSTAB), None)  # the copy's
    hidden = _hidden(plan, machine, fstab)
    if not plan.boot.esp:
        return Subject((_drive(plan.source, machine, bus), mirror), hidden=hidden)
    folder = plan.boot.esp_directory
    loaders = tuple(rf"\EFI\{folder}\{name}" for name in LOADERS)
    return Subject((mirror,), True, loaders, hidden)


def alone(plan: Plan, disk: DiskRef, machine: Machine, bus: str = "") -> Subject:
    """One disk by itself, as a machine finds it that has never seen it. Raises Refused."""
    return Subject((_drive(disk, machine, bus),), bool(plan.boot.esp),
                   hidden=_hidden(plan, machine, None))


def _hidden(plan: Plan, machine: Machine, fstab: str | None) -> Hidden:
    """Neither of the two disks is another one: booted alone, a system must do without the other."""
    disks = [disk for disk in machine.disks
             if plan.source.matches(disk) or plan.mirror.matches(disk)]
    text = machine.file(FSTAB) or "" if fstab is None else fstab
    return hidden_from(machine, disks, text, [f.mountpoint for f in plan.filesystems])


def _drive(disk: DiskRef, machine: Machine, bus: str) -> Drive:
    return drive_of(disk.find(machine), Bus(bus) if bus else None)


def other_disk(host: Host, disk: Disk, bus: str = "", firmware: str = "") -> Subject:
    """A disk of this machine that no conversion knows."""
    return Subject((drive_of(disk, Bus(bus) if bus else None),), _uefi(host, disk.path, firmware))


def image(host: Host, path: Path, bus: str = "", firmware: str = "") -> Subject:
    """An image file: qcow2 where its name says so, else raw. Its content never decides that: a
    system could write there whatever it likes. Raises UsageError."""
    absolute = str(path.resolve())
    try:
        size = os.stat(absolute).st_size  # noqa: PTH116
        with open(absolute, "rb"):  # noqa: PTH123
            pass
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Name another.") from error
    kind = "qcow2" if path.suffix == ".qcow2" else "raw"
    if kind == "qcow2":
        size = _virtual_size(host, path, absolute)
    if not size:
        raise UsageError(f"{path} is empty.", "Name an image of a disk.")
    drive = Drive(absolute, size, False, kind, Bus(bus) if bus else Bus.SATA)
    return Subject((drive,), _uefi(host, absolute, firmware))


def _virtual_size(host: Host, path: Path, absolute: str) -> int:
    """Raises UsageError for an image that is not all of its disk: a file that it names is opened
    with our rights, whatever it is."""
    told = json.loads(host.run(
        [QEMU_IMG, "info", "--force-share", "--output=json", "-f", "qcow2", absolute],
        quiet=True).stdout)
    own = told.get("format-specific", {}).get("data", {})
    for name in (told.get("backing-filename"), own.get("data-file")):
        if name:
            raise UsageError(
                f"{path} is an overlay of {clean(str(name))}: only an image by itself is booted.",
                f"Rehearse a flattened copy (qemu-img convert -O qcow2 {path} NAME.qcow2).")
    return int(told["virtual-size"])


def _uefi(host: Host, path: str, firmware: str) -> bool:
    """Whether it is started by UEFI: as said, else when it has an EFI system partition."""
    if firmware:
        return firmware == "uefi"
    try:
        told = host.run(["sfdisk", "--json", path], quiet=True, ok=(0, 1))
        table = json.loads(told.stdout or "{}").get("partitiontable", {})
    except (BootmirrorError, ValueError):
        return False
    return any(str(p.get("type", "")).lower() in ESP_TYPES for p in table.get("partitions", ()))
