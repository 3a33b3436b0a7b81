"""Refusals that need no disk: what is missing is named, with the package that has it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.machine.model import Machine
from bootmirror.machine.recording import load_machine
from bootmirror.plan.preflight import machine_refusals, source_refusals

SOURCE = "PM-0001-A"
MB = 1_000_000
RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"


@pytest.mark.parametrize(
    ("name", "message", "package"),
    [
        ("rsync", "The program rsync is not installed.", "rsync"),
        ("grub-install", "The program grub-install is not installed.", "grub2-common"),
        ("pyparted", "The Python package pyparted is not installed.", "python3-parted"),
    ],
)
def test_what_is_missing_is_named_with_its_package(name: str, message: str, package: str) -> None:
    machine = load_machine(RECORDED.read_text())
    assert machine_refusals(machine) == ()
    programs = tuple((n, "" if n == name else path) for n, path in machine.programs)
    found = machine_refusals(replace(machine, programs=programs))
    assert [(r.code, r.message, r.hint) for r in found] == [
        ("missing-program", message, f"Install the package {package}.")
    ]


def _with_numbers(*numbers: int) -> Machine:
    """The machine with its source's partitions numbered so."""
    machine = load_machine(RECORDED.read_text())
    source = next(d for d in machine.disks if d.id == SOURCE)
    parts = tuple(
        replace(p, number=n) for p, n in zip(source.partitions, numbers, strict=True))
    disks = tuple(replace(d, partitions=parts) if d is source else d for d in machine.disks)
    return replace(machine, disks=disks)


def test_a_number_left_out_is_refused_before_anything_is_erased() -> None:
    assert [r.code for r in source_refusals(_with_numbers(1, 2, 3), SOURCE)] == []
    (found,) = source_refusals(_with_numbers(1, 2, 4), SOURCE)
    assert found.message == (
        "The partitions of sdb are numbered 1, 2, 4: a new table cannot leave a number out.")
    assert "sfdisk --reorder /dev/sdb" in found.hint


@pytest.mark.parametrize(("where", "refused"), [("/var", True), ("/usr", True), ("/srv", False)])
def test_the_system_may_not_lie_on_a_third_disk(where: str, refused: bool) -> None:
    machine = load_machine(RECORDED.read_text())
    mount = replace(machine.mounts[0], source="/dev/sdc1", target=where)
    machine = replace(machine, mounts=(*machine.mounts, mount))
    found = source_refusals(machine, SOURCE)
    assert [r.code for r in found] == (["elsewhere"] if refused else [])
    if refused:
        assert found[0].message.startswith(f"{where} is on /dev/sdc1, not on sdb")


@pytest.mark.parametrize(("on_disks", "refused"), [
    (None, ""), (("/dev/sda", "/dev/sdb"), ""), (("/dev/sda",), " but on /dev/sda"), ((), "")])
def test_grub_must_lie_on_the_source(on_disks: tuple[str, ...] | None, refused: str) -> None:
    """Else no disk would boot once the mirror's own code is gone."""
    machine = load_machine(RECORDED.read_text())
    loader = replace(machine.boot_loader, on_disks=on_disks)
    found = source_refusals(replace(machine, boot_loader=loader), SOURCE)
    lacks = on_disks is not None and "/dev/sdb" not in on_disks
    assert [r.code for r in found] == (["boot-code"] if lacks else [])
    if lacks:
        assert found[0].message.startswith(f"GRUB does not lie on sdb{refused}:")
        assert "grub-install /dev/sdb" in found[0].hint


def test_encrypted_directories_are_refused() -> None:
    """What is unlocked would be copied in clear text."""
    machine = load_machine(RECORDED.read_text())
    source = next(d for d in machine.disks if d.id == SOURCE)
    parts = tuple(
        replace(p, content=replace(p.content, features=(*p.content.features, "encrypt")))
        if p.content and p.number == 2 else p for p in source.partitions)
    disks = tuple(replace(d, partitions=parts) if d is source else d for d in machine.disks)
    (found,) = source_refusals(replace(machine, disks=disks), SOURCE)
    assert found.code == "encrypt" and "clear text" in found.message


def test_an_initramfs_that_is_not_to_be_built_is_refused() -> None:
    machine = load_machine(RECORDED.read_text())
    for value, codes in (("no", ["initramfs-off"]), ("yes", []), ("all", [])):
        tool = replace(machine.initramfs, settings=(("update_initramfs", value),))
        found = machine_refusals(replace(machine, initramfs=tool))
        assert [r.code for r in found] == codes
        assert all("update-initramfs.conf" in r.message for r in found)


@pytest.mark.parametrize(("separate", "used", "refused"), [
    (True, 60, True), (True, 55, False), (False, 60, True), (False, 20, False)])
def test_a_new_initramfs_must_find_room_beside_the_old_one(
    separate: bool, used: int, refused: bool
) -> None:
    machine = load_machine(RECORDED.read_text())
    where = "/boot" if separate else "/"
    mounts = tuple(replace(m, size=100 * MB, used=used * MB) if m.target == where else m
                   for m in machine.mounts if separate or m.target != "/boot")
    tool = replace(machine.initramfs, largest=40 * MB)
    found = machine_refusals(replace(machine, mounts=mounts, initramfs=tool))
    assert [r.code for r in found] == (["initramfs-room"] if refused else [])
    if refused:
        assert found[0].message == (
            f"{where} has 40.0 MB free, and a new initramfs, which is built beside the old one, "
            "takes 44.0 MB.")
        assert "autoremove" in found[0].hint
