"""The order of what steps do is what keeps a disk bootable at every instant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.actions.places import ORIGIN, STATE, TARGET
from bootmirror.steps import recipe
from bootmirror.steps.mounted_copy import FOR_CHROOT
from bootmirror.steps.partition_source import PartitionSource
from tests.unit.steps.machines import MACHINES, MIRROR, SOURCE, first_half, planned, texts

ONE_SHOT = {
    "grub-bios": "grub-reboot bootmirror-first-boot",
    "grub-efi": "efibootmgr --bootnext: the entry bootmirror PM-0002-B",
    "lilo": "lilo -C /etc/lilo.bootmirror.conf -R bootmirror",
}
EVERY_LOADER = pytest.mark.parametrize("loader", MACHINES)


def first(lines: list[str], begins: str) -> int:
    return next(i for i, line in enumerate(lines) if line.startswith(begins))


@EVERY_LOADER
def test_one_boot_is_chosen_and_last_of_all(loader: str) -> None:
    """A power cut before the copy is whole boots the old system, and so does every later boot."""
    before = [action.describe() for action in first_half(loader)]
    assert before[-1] == ONE_SHOT[loader]
    assert before.count(ONE_SHOT[loader]) == 1
    assert not any(word in line for line in before
                   for word in ("--bootorder", "grub-set-default", "saved_entry", "default=mirror"))


@pytest.mark.parametrize("loader", ["grub-bios", "grub-efi"])
def test_the_old_disk_boots_the_mirror_before_its_system_goes(loader: str) -> None:
    """LILO's files come with the resync; its plan warns of that."""
    lines = texts(loader, "partition-source")
    assert first(lines, "grub-install") < first(lines, "wipefs")


@EVERY_LOADER
def test_the_old_disks_table_is_changed_in_place(loader: str) -> None:
    """A fresh one would clear its boot code."""
    lines = texts(loader, "partition-source")
    assert first(lines, "set the types in the")
    assert not any(line.startswith("write the") for line in lines)


def test_no_bios_finds_a_boot_sector_on_the_mirror_before_it_has_booted() -> None:
    installs = [line for line in (action.describe() for action in first_half("grub-bios"))
                if "grub-install" in line]
    assert len(installs) == 1
    assert all("--no-bootsector" in line for line in installs)
    assert any(line.startswith(f"grub-install --target=i386-pc {MIRROR};")
               for line in texts("grub-bios", "confirm-first-boot"))


@EVERY_LOADER
@pytest.mark.parametrize(("step", "disk"), [
    ("partition-mirror", MIRROR), ("partition-source", SOURCE), ("add-source", SOURCE)])
def test_a_disk_is_looked_at_again_before_a_step_writes_to_it(
    loader: str, step: str, disk: str
) -> None:
    lines = texts(loader, step)
    look = f"make sure that {disk} still is the disk"
    writes = ("wipefs", "write the", "set the types", "mdadm /dev/md", "grub-install", "mkfs")
    assert first(lines, look) < min(i for i, line in enumerate(lines) if line.startswith(writes))


@EVERY_LOADER
def test_each_disk_is_erased_by_one_step_and_the_mirror_is_read_before_the_source_goes(
    loader: str
) -> None:
    plan = planned(loader)
    erased = {step.id: disk.id for step in recipe.STEPS if (disk := step.erases(plan))}
    assert erased == {"partition-mirror": plan.mirror.id, "partition-source": plan.source.id}
    ids = [step.id for step in recipe.STEPS]
    assert ids.index("confirm-first-boot") < ids.index("read-back-mirror")
    assert ids.index("read-back-mirror") < ids.index("partition-source")


@EVERY_LOADER
def test_the_machine_stays_on_the_mirror_before_late_files_are_kept(loader: str) -> None:
    """There may be no room for them, or one that cannot be read: the next boot must not go back."""
    lines = texts(loader, "confirm-first-boot")
    stays = "lilo -C" if loader == "lilo" else "grub-editenv"
    kept = first(lines, "keep in")
    assert first(lines, stays) < kept
    # The worker may run in that unit.
    assert first(lines, "remove bootmirror-confirm.service") == len(lines) - 1
    assert not any(line.startswith(("lilo", "grub", "efibootmgr")) for line in lines[kept:])


@EVERY_LOADER
def test_what_is_on_the_old_disk_alone_is_kept_before_that_goes(loader: str) -> None:
    """The old system may have run once more, long after the first boot was confirmed."""
    lines = texts(loader, "partition-source")
    kept = first(lines, "keep in")
    assert any("-o ro" in line for line in lines[:kept])
    # A try that was killed meanwhile leaves these mounts, and nothing may be mounted from it.
    assert first(lines, f"unmount everything below {ORIGIN}") < first(lines, "make sure that the")
    assert kept < min(i for i, line in enumerate(lines)
                      if line.startswith(("wipefs", "grub-install", "set the types", "lilo")))


def test_grubs_package_installs_where_its_modules_are_used_and_on_no_other_disk() -> None:
    """Before the old disk joins, an update must leave it the way back."""
    plan, machine = planned("grub-bios"), MACHINES["grub-bios"]
    source, mirror = (disk.find(machine).by_id[0] for disk in (plan.source, plan.mirror))
    confirm, erase, both = (
        [line for line in texts("grub-bios", step)
         if line.startswith(("grub-install", "debconf", "wipefs"))]
        for step in ("confirm-first-boot", "partition-source", "boot-loader-on-both"))
    assert confirm[-1].endswith(f"multiselect {mirror}")
    assert erase[1].endswith(f"multiselect {source}, {mirror}")
    assert erase[2].startswith("wipefs")
    assert both[-1].endswith(f"multiselect {source}, {mirror}")


@pytest.mark.parametrize("erased", ["none", "first", "all"])
def test_what_an_earlier_try_has_left_of_the_old_system_is_looked_at_once_more(erased: str) -> None:
    plan, machine = planned("grub-bios"), MACHINES["grub-bios"]
    disk = plan.source.find(machine)
    numbers = [array.partition for array in plan.arrays]
    gone = {"none": [], "first": numbers[:1], "all": numbers}[erased]
    parts = tuple(replace(p, content=None) if p.number in gone else p for p in disk.partitions)
    wiped = replace(machine, disks=tuple(
        replace(d, partitions=parts) if d is disk else d for d in machine.disks))
    said = [action.describe() for action in PartitionSource().actions(plan, wiped)]
    mounted = [line for line in said if line.startswith("mount -o ro")]
    assert [p.path for p in parts if any(p.path in line for line in mounted)] == [
        p.path for p in parts if p.number in numbers and p.number not in gone]
    assert any(line.startswith("keep in") for line in said) == bool(mounted)
    assert any("no bad sector" in line for line in said) == bool(mounted)


@EVERY_LOADER
@pytest.mark.parametrize("step", ["arm-first-boot", "final-copy"])
def test_a_mirror_that_is_booted_by_hand_knows_that_it_is_unfinished(
    loader: str, step: str
) -> None:
    """Its journal comes before the entry does, and before a copy is made once more."""
    lines = texts(loader, step)
    carried = first(lines, f"rsync -a --delete {STATE}/")
    begins = next(i for i, line in enumerate(lines)
                  if "bootmirror-first-boot" in line or line.startswith(("rsync -aHAXS", "write ")))
    assert carried < begins


@EVERY_LOADER
def test_no_copy_is_made_over_the_running_systems_own_dev(loader: str) -> None:
    copies = texts(loader, "final-copy")
    for path in FOR_CHROOT:
        left = f"unmount everything below {TARGET}{path}"
        assert first(copies, left) < first(copies, "rsync")
        assert f"mount --make-private /dev/md0 {TARGET}" in copies  # services do not hold it
        for step in ("build-initramfs", "install-boot-loader"):
            lines = texts(loader, step)
            entered = first(lines, f"mount --bind --make-private {path} ")
            assert entered < max(i for i, line in enumerate(lines) if line.startswith("chroot"))
            assert lines.index(left) > max(
                i for i, line in enumerate(lines) if line.startswith("chroot"))
