"""What gives way on a mirror that is smaller than the source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import Refused
from bootmirror.kinds.gpt import TYPES, Gpt
from bootmirror.kinds.mbr import Mbr
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Content, Machine, Mount, Partition
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MIB, disks_changed
from tests.unit.plan.test_lvm import machine_with_volumes
from tests.unit.plan.test_uefi import PROGRAMS

ESP = Partition(3, "sdb3", "/dev/sdb3", 2400 * MIB, 512 * MIB, TYPES[Role.ESP],
                content=Content("vfat", "B007-0001"))
DATA = "0fc63daf-8483-4772-8e79-3d69d8477de4"
END = ESP.start + ESP.size


def _smaller(by: int) -> Machine:
    """An ESP of 512 MiB, /boot of 256, the root on LVM; the mirror lacks ``by`` bytes."""
    machine = machine_with_volumes()
    machine = disks_changed(lambda d: replace(d, table="gpt", size=END + 8 * MIB, partitions=(
        *(replace(p, type=DATA, bootable=False) for p in d.partitions), ESP)), "PM-0001-A", machine)
    machine = disks_changed(lambda d: replace(d, size=END + MIB - by), "PM-0002-B", machine)
    fstab = f"{machine.file('/etc/fstab')}UUID=B007-0001 /boot/efi vfat umask=0077 0 1\n"
    esp = Mount("/boot/efi", ESP.path, "vfat", "rw", "8:19", size=510 * MIB, used=6 * MIB)
    return replace(
        machine, firmware="uefi", mounts=(*machine.mounts, esp),
        boot_loader=replace(machine.boot_loader, kind="grub-efi", directory="debian"),
        programs=(*machine.programs, *((name, f"/usr/bin/{name}") for name in PROGRAMS)),
        files=tuple((p, fstab if p == "/etc/fstab" else t) for p, t in machine.files))


def test_the_esp_gives_nothing() -> None:
    machine = _smaller(100 * MIB)
    plan = make_plan(machine, CHOICES)
    old, new = plan.source_partitions, plan.mirror_partitions
    assert [a.size - b.size for a, b in zip(old, new, strict=True)] == [100 * MIB, 0, 0]
    assert any("/boot will have" in warning for warning in plan.warnings)


def test_a_volume_group_does_not_shrink_and_the_refusal_says_so() -> None:
    with pytest.raises(Refused) as refused:
        make_plan(_smaller(400 * MIB), CHOICES)
    assert "/boot/efi" not in refused.value.message
    assert "/boot, the largest file system in a partition" in refused.value.message
    assert refused.value.message.endswith("A volume group (vg0) does not shrink.")


@pytest.mark.parametrize(("sector", "sectors"), [(512, 33), (4096, 5)])
def test_the_copy_of_a_gpt_takes_its_entries_and_its_header(sector: int, sectors: int) -> None:
    assert Gpt().tail(sector) == sectors * sector
    assert Mbr().tail(sector) == 0
