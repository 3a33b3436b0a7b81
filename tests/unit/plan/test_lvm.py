"""A machine whose root, home and swap are logical volumes of one group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import Refused
from bootmirror.machine.model import Content, LogicalVolume, Machine, Mount, VolumeGroup
from bootmirror.plan.fingerprint import differences
from bootmirror.plan.model import SwapForm
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MACHINE, MIB, disks_changed, shown

EXTENT = 4 * MIB
ROOT = LogicalVolume("root", "v1", "/dev/mapper/vg0-root", 1600 * MIB, "linear", "dm-0", open=True,
                     content=Content("ext4", "11111111-aaaa", features=("extents",)))
SWAP = LogicalVolume("swap_1", "v2", "/dev/mapper/vg0-swap_1", 120 * MIB, "linear", "dm-1",
                     open=True, content=Content("swap", "22222222-aaaa"))
HOME = LogicalVolume("home", "v3", "/dev/mapper/vg0-home", 160 * MIB, "linear", "dm-2", open=True,
                     content=Content("xfs", "33333333-aaaa"))
GROUP = VolumeGroup("vg0", "g0", 2044 * MIB, EXTENT, ("/dev/sdb2",), (HOME, ROOT, SWAP))


def machine_with_volumes(group: VolumeGroup = GROUP) -> Machine:
    """/boot on a partition, the rest in a group on the second one; no third."""
    machine = disks_changed(lambda d: replace(d, partitions=tuple(
        replace(p, type="8e", content=Content("LVM2_member", "pv"), holders=("dm-0",))
        if p.number == 2 else p for p in d.partitions if p.number < 3)), "PM-0001-A")
    root = next(m for m in machine.mounts if m.target == "/")
    mounts = tuple(replace(m, source=ROOT.path) if m is root else m for m in machine.mounts)
    home = Mount("/home", HOME.path, "xfs", "rw", "254:2", size=160 * MIB, used=20 * MIB)
    fstab = ("/dev/mapper/vg0-root / ext4 errors=remount-ro 0 1\n"
             "/dev/vg0/home /home xfs defaults 0 0\n"
             "/dev/mapper/vg0-swap_1 none swap sw 0 0\n"
             f"UUID={_boot_uuid()} /boot ext4 defaults 0 2\n")
    return replace(
        machine, mounts=(*mounts, home), volume_groups=(group,), swaps=(),
        programs=(*machine.programs, ("lvm", "/sbin/lvm"), ("mkfs.xfs", "/sbin/mkfs.xfs")),
        files=(*((p, t) for p, t in machine.files if p != "/etc/fstab"), ("/etc/fstab", fstab)))


def _boot_uuid() -> str:
    source = MACHINE.disk("PM-0001-A")
    assert source is not None and source.partitions[0].content is not None
    return source.partitions[0].content.uuid


def test_the_group_is_built_anew_on_its_array_with_a_name_of_its_own() -> None:
    machine = machine_with_volumes()
    plan = make_plan(machine, CHOICES)
    (group,) = plan.groups
    assert (group.name, group.source_name, group.partition) == ("vg0_mirror", "vg0", 2)
    assert {f.mountpoint: f.volume for f in plan.filesystems} == {
        "/boot": "", "/": "root", "/home": "home"}
    assert [a.holds for a in plan.arrays] == ["volume group vg0_mirror", "/boot"]
    made = shown(plan, machine, "make-filesystems")
    assert "vgcreate vg0_mirror" in made and "root (what is left of " in made
    assert "/dev/mapper/vg0_mirror-home" in made and "/dev/mapper/vg0_mirror-root" in made


def test_a_volume_that_grew_since_makes_the_plan_stale() -> None:
    """Its copy would run out of room."""
    plan = make_plan(machine_with_volumes(), CHOICES)
    grown = replace(GROUP, volumes=(replace(HOME, size=200 * MIB), ROOT, SWAP))
    (found,) = differences(plan, machine_with_volumes(grown), "all")
    assert found.startswith("source.volume vg0/home was ")


def test_fstab_and_grub_name_the_new_volumes() -> None:
    plan = make_plan(machine_with_volumes(), CHOICES)
    text = plan.config("fstab").text
    assert "vg0-root" not in text and "/dev/vg0/" not in text and "vg0-swap" not in text
    (swap,) = plan.swaps
    assert swap.form is SwapForm.VOLUME
    assert f"UUID={swap.uuid} none swap sw 0 0" in text
    assert plan.boot.root == "/dev/mapper/vg0_mirror-root"
    assert "root=/dev/mapper/vg0_mirror-root" in plan.config("custom.cfg").text
    assert plan.errors == []


def test_the_old_group_is_untouched_until_the_old_disk_joins() -> None:
    machine = machine_with_volumes()
    plan = make_plan(machine, CHOICES)
    for step in ("partition-mirror", "create-arrays", "make-filesystems", "copy-system",
                 "final-copy", "reboot"):
        assert "--activate n vg0\n" not in shown(plan, machine, step) + "\n"
    last = shown(plan, machine, "partition-source")
    assert last.index("vgchange --activate n vg0") < last.index("wipefs --all /dev/sdb2")


def test_each_file_system_is_mounted_in_a_place_of_its_own() -> None:
    machine = machine_with_volumes()
    copied = shown(make_plan(machine, CHOICES), machine, "copy-system")
    assert "/run/bootmirror/source/2-root" in copied and "/run/bootmirror/source/2-home" in copied


@pytest.mark.parametrize(("group", "words"), [
    (replace(GROUP, physical=("/dev/sdb2", "/dev/sdc1")), "a mirror of one disk would hold a part"),
    (replace(GROUP, volumes=(*GROUP.volumes, replace(HOME, name="old", path="/dev/mapper/vg0-old",
                                                     origin="root"))), "a snapshot of root"),
    (replace(GROUP, volumes=(*GROUP.volumes, replace(HOME, name="t", path="/dev/mapper/vg0-t",
                                                     layout="thin,sparse"))), "is thin,sparse"),
    (replace(GROUP, volumes=(*GROUP.volumes, replace(HOME, name="spare",
                                                     path="/dev/mapper/vg0-spare"))),
     "vg0/spare is not mounted"),
])
def test_what_is_no_plain_group_is_refused(group: VolumeGroup, words: str) -> None:
    with pytest.raises(Refused, match=words):
        make_plan(machine_with_volumes(group), CHOICES)
