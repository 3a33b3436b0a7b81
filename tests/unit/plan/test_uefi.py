"""A UEFI machine's plan: what is done to partitions, firmware and files, and in what order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import Refused
from bootmirror.kinds.first_boot_image import stub
from bootmirror.kinds.gpt import TYPES
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Content, Machine, Mount, Partition
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MIB, shown, with_gpt

PROGRAMS = ("efibootmgr", "grub-mkimage", "grub-fstest", "mkfs.vfat")


def _uefi(directory: str = "debian", writable: bool = True) -> Machine:
    esp = Partition(1, "sdb1", "/dev/sdb1", MIB, 64 * MIB, TYPES[Role.ESP],
                    content=Content("vfat", "B007-0001"))
    machine = with_gpt(esp)
    fstab = f"{machine.file('/etc/fstab')}UUID=B007-0001 /boot/efi vfat umask=0077 0 1\n"
    return replace(
        machine,
        firmware="uefi",
        boot_loader=replace(machine.boot_loader, kind="grub-efi", directory=directory,
                            writable=writable),
        programs=(*machine.programs, *((name, f"/usr/bin/{name}") for name in PROGRAMS)),
        mounts=(*machine.mounts, Mount("/boot/efi", "/dev/sdb1", "vfat", "rw", "8:17")),
        files=(*((path, text) for path, text in machine.files if path != "/etc/fstab"),
               ("/etc/fstab", fstab)),
    )


def test_the_esp_stays_a_partition_of_its_own_on_each_disk() -> None:
    plan = make_plan(_uefi(), CHOICES)
    assert plan.mirror_partitions[0].role is Role.ESP
    assert [f.mountpoint for f in plan.filesystems] == ["/boot", "/"]
    assert [a.partition for a in plan.arrays] == [3, 2]
    assert "wipefs --all /dev/sdb1" not in shown(plan, _uefi(), "partition-source")


def test_a_second_esp_is_refused() -> None:
    """What is in it would not be on the mirror, and be taken for a stale signature at the end."""
    machine = _uefi()
    second = Partition(9, "sdb9", "/dev/sdb9", 30_000 * MIB, 64 * MIB, TYPES[Role.ESP],
                       content=Content("vfat", "B007-0009"))
    disks = tuple(
        replace(d, partitions=(*d.partitions, second)) if d.name == "sdb" else d
        for d in machine.disks)
    for used in ("sdb1", "sdb9"):
        mounts = tuple(replace(m, source=f"/dev/{used}") if m.target == "/boot/efi" else m
                       for m in machine.mounts)
        with pytest.raises(Refused) as refused:
            make_plan(replace(machine, disks=disks, mounts=mounts), CHOICES)
        assert "more than one EFI system partition (sdb1 and sdb9)" in refused.value.message
        assert f"{used} is the one that is mounted" in refused.value.hint


def test_the_old_disks_esp_is_made_anew_only_when_that_disk_joins() -> None:
    machine = _uefi()
    plan = make_plan(machine, CHOICES)
    made = f"{plan.boot.esp_uuid.replace('-', '')} /dev/sdb1 (without -F 32 where it is too small)"
    assert f"{made}, unless it has that id already" in shown(plan, machine, "partition-source")
    for step in ("install-boot-loader", "arm-first-boot", "reboot", "confirm-first-boot"):
        assert made not in shown(plan, machine, step)


def test_fstab_takes_whichever_esp_is_left() -> None:
    plan = make_plan(_uefi(), CHOICES)
    line = next(line for line in plan.config("fstab").text.splitlines() if "/boot/efi" in line)
    new = make_plan(_uefi(), CHOICES).boot.esp_uuid
    assert line.split()[0] == f"UUID={new}" != "UUID=B007-0001"
    assert line.split()[3].split(",") == ["umask=0077", "nofail", "x-systemd.device-timeout=30s"]


def test_the_mirrors_esp_has_nothing_a_firmware_starts_by_itself_before_the_first_boot() -> None:
    machine = _uefi()
    plan = make_plan(machine, CHOICES)
    before = shown(plan, machine, "install-boot-loader")
    assert f"mkfs.vfat -F 32 -i {plan.boot.esp_uuid.replace('-', '')} /dev/sda1" in before
    assert "--exclude=/[Ee][Ff][Ii]/[Bb][Oo][Oo][Tt]" in before and "--no-nvram" in before
    assert "--force-extra-removable" not in before
    assert "--force-extra-removable" in shown(plan, machine, "confirm-first-boot")


def test_the_first_boot_is_the_firmwares_and_chosen_last_of_all() -> None:
    machine = _uefi()
    plan = make_plan(machine, CHOICES)
    last = shown(plan, machine, "reboot").splitlines()[-1]
    assert last == "efibootmgr --bootnext: the entry bootmirror PM-0002-B"
    assert "bootnext" not in shown(plan, machine, "arm-first-boot")


def test_the_configuration_beside_grub_restarts_when_the_entry_fails() -> None:
    text = stub(make_plan(_uefi(), CHOICES).entry.text)
    entries = [line for line in text.splitlines() if line.startswith("menuentry")]
    assert "bootmirror-back" in entries[0], "the first entry is the one that is fallen back to"
    assert "set fallback=0" in text
    assert text.rstrip().endswith("set default=bootmirror-first-boot\nset timeout=1")


def test_both_are_kept_alike_afterwards() -> None:
    machine = _uefi()
    both = shown(make_plan(machine, CHOICES), machine, "boot-loader-on-both")
    assert "rsync --recursive --times --modify-window=2 --delete" in both
    assert "keep-esps-alike" in both and "dpkg" in both


@pytest.mark.parametrize(("machine", "words"), [
    (_uefi(writable=False), "cannot be changed"),
    (_uefi(directory=""), "no GRUB in /boot/efi/EFI"),
])
def test_what_cannot_be_made_bootable_is_refused(machine: Machine, words: str) -> None:
    with pytest.raises(Refused, match=words):
        make_plan(machine, CHOICES)


def test_without_a_mounted_esp_it_is_refused() -> None:
    machine = _uefi()
    bare = replace(machine, mounts=tuple(m for m in machine.mounts if m.target != "/boot/efi"))
    with pytest.raises(Refused, match="not mounted on /boot/efi"):
        make_plan(bare, CHOICES)


def _without_line(machine: Machine) -> Machine:
    return replace(machine, files=tuple(
        (path, "".join(line for line in text.splitlines(keepends=True) if "/boot/efi" not in line)
         if path == "/etc/fstab" else text) for path, text in machine.files))


def test_an_esp_that_was_mounted_by_hand_is_refused() -> None:
    """The last step mounts it as fstab says, and fails without a line for it at every resume."""
    with pytest.raises(Refused, match="/etc/fstab has no line for it") as refused:
        make_plan(_without_line(_uefi()), CHOICES)
    line = "UUID=B007-0001 /boot/efi vfat umask=0077 0 1"
    assert refused.value.hint == f"Add this line to /etc/fstab: {line}."


def test_the_line_of_the_esp_may_not_be_taken_out_in_the_editor() -> None:
    plan = make_plan(_uefi(), CHOICES)
    assert plan.errors == []
    text = plan.config("fstab").text.replace("/boot/efi", "/mnt")
    (lost,) = make_plan(_uefi(), CHOICES.edited("/etc/fstab", text)).errors
    assert lost[1].message == "no line mounts /boot/efi"
    line = lost[1].hint.removeprefix("add: ")
    assert line.startswith(f"UUID={plan.boot.esp_uuid} /boot/efi vfat ")
    mended = make_plan(_uefi(), CHOICES.edited("/etc/fstab", f"{text}{line}\n"))
    assert mended.errors == []
