"""Four ways in which the first boot from the mirror fails; each time the machine helps itself.

The first half is carried out once. Then, with the machine off just where it would restart, the
mirror is spoiled from outside, and the machine switched on: nobody touches it until the old system
is up again.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bootmirror.steps.first_boot_units import FALL_BACK, PATIENCE, UNITS
from tests.vm.arrays import source_of
from tests.vm.commands import bootmirror, conversion, plan_and_apply
from tests.vm.confirmed import wait_for_confirmation
from tests.vm.hardware import NVRAM
from tests.vm.machine import DiskImage, Machine
from tests.vm.manifest import Manifest
from tests.vm.mirror_root import array_members, edit, in_root
from tests.vm.practice import Practice, practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import (
    SOURCE_UNTOUCHED,
    compare_files,
    require,
    require_arrays,
)
from tests.vm.superblocks import destroy

FALL_BACK_SECONDS = 600  # it takes about 100 s
ARMED = "nvram-armed"


def all_superblocks(image: Path) -> None:
    """Of both arrays."""
    destroy(image, array_members(image))


def _root_superblock(image: Path) -> None:
    destroy(image, array_members(image)[-1:])


def broken_init(image: Path) -> None:
    """init becomes a program that ends at once, which the kernel does not survive."""
    in_root(image, "rm /usr/lib/systemd/systemd",
            "symlink /usr/lib/systemd/systemd /bin/false")


def _broken_fstab(image: Path) -> None:
    """fstab wants what is not there: systemd waits at its emergency prompt for a person.

    The patience at that prompt is made short, or this would take five minutes more.
    """
    edit(image, "/etc/fstab", _with_a_mount_that_lacks)
    edit(image, f"{UNITS}/{FALL_BACK}", _impatient)


def _with_a_mount_that_lacks(fstab: str) -> str:
    options = "defaults,x-systemd.device-timeout=5s"
    return f"{fstab}UUID=00000000-dead-4000-8000-000000000000 /gone ext4 {options} 0 2\n"


def _impatient(unit: str) -> str:
    return unit.replace(f"-lt {PATIENCE} ]", "-lt 20 ]")


@dataclass(frozen=True)
class Way:
    """One way to spoil the mirror."""

    title: str
    spoil: Callable[[Path], None]
    mirror_first: bool = False  # in the BIOS's order


WAYS = (
    Way("every superblock destroyed: GRUB finds no array", all_superblocks),
    Way("the root array's superblock destroyed: the initramfs finds no root", _root_superblock,
        mirror_first=True),
    Way("the copy's init broken: the kernel panics", broken_init),
    Way("the copy's fstab broken: systemd waits for a person", _broken_fstab),
)


def _first_half(practice: Practice) -> Manifest:
    machine = practice.machine
    with phase("noting every file"):
        before = Manifest.take(machine.ssh, practice.spec.mounts)
    plan_and_apply(machine.ssh)
    with phase("switching off where it would restart"):
        machine.shut_down()
    if practice.spec.uefi:
        shutil.copy(machine.directory / NVRAM, machine.directory / ARMED)
    return before


def _copies(practice: Practice, number: int) -> tuple[DiskImage, DiskImage]:
    """Both disks (and a UEFI's memory) as they were left, for one way alone."""
    directory = practice.machine.directory
    if practice.spec.uefi:
        shutil.copy(directory / ARMED, directory / NVRAM)
    source = practice.source.overlay(directory / f"source-{number}.qcow2")
    path = directory / f"mirror-{number}.img"
    subprocess.run(
        ["cp", "--sparse=always", str(practice.mirror.path), str(path)], check=True
    )
    return source, replace(practice.mirror, path=path)


def _try(
    practice: Practice, before: Manifest, number: int, way: Way, *, last: bool
) -> None:
    machine = practice.machine
    source, mirror = _copies(practice, number)
    way.spoil(mirror.path)
    with phase("switched on and left alone"):
        machine.start([mirror, source] if way.mirror_first else [source, mirror])
        machine.wait_up(seconds=FALL_BACK_SECONDS)
    root = source_of(machine.ssh, "/")
    require("/md" not in root, f"the machine came up on {root}, not on the old disk")
    found = conversion(machine.ssh)
    say(f"bootmirror says: {found.get('phase')}: {found.get('message')}")
    require(found.get("phase") == "fell-back", "bootmirror does not say that it fell back")
    require(bool(found.get("message")), "bootmirror does not say why")
    compare_files(machine, before, SOURCE_UNTOUCHED, "the old disk as it was")
    bootmirror(machine.ssh, "resume", "--erase", mirror.serial, code=4)
    with phase("the second try"):
        machine.reboot()
    require_arrays(machine, [mirror.serial])
    if last:
        _stays_on_the_mirror(machine, source, mirror)
    machine.power_cut()
    for disk in (source, mirror):
        disk.path.unlink()


def _stays_on_the_mirror(machine: Machine, source: DiskImage, mirror: DiskImage) -> None:
    """Once it has run from the mirror, a power cut brings the mirror back, not the old system."""
    with phase("the first boot confirms itself"):
        wait_for_confirmation(machine)
    ours = "grep -e bootmirror-confirm -e bootmirror-fall-back"
    units = machine.ssh.run("sh", "-c", f"ls {UNITS} {UNITS}/*.wants | {ours} || true")
    require(not units, f"the first boot's units are still there: {units}")
    machine.power_cut()
    with phase("the power fails; switched on, the old disk first"):
        machine.boot([source, mirror])
    require_arrays(machine, [mirror.serial])


def fail_in(ways: Sequence[Way], practice: Practice) -> str:
    """Each way after the same first half; the words of the last line. Raises ProofError."""
    before = _first_half(practice)
    for number, way in enumerate(ways, 1):
        say(f"way {number} of {len(ways)}: {way.title}")
        _try(practice, before, number, way, last=number == len(ways))
    return (f"{len(ways)} ways to fail, back on the old disk each time, second try on the mirror, "
            "which then stays")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        return fail_in(WAYS, practice)
