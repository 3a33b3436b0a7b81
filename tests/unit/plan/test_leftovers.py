"""What counts as left over on a mirror, and what is somebody's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import (
    Array,
    Content,
    LogicalVolume,
    Machine,
    Member,
    Mount,
    Partition,
    Swap,
    VolumeGroup,
)
from bootmirror.plan.leftovers import leftovers
from bootmirror.plan.planner import make_plan
from bootmirror.plan.preflight import mirror_refusals
from tests.unit.plan.test_layouts import CHOICES, MACHINE, MIB, shown

ARRAY = Array("md127", "/dev/md127", "a" * 8, "raid1", "1.2", 50 * MIB, 2,
              (Member("sda1", 0, "in_sync"),), "read-auto", holders=("dm-3",))
BARE = replace(ARRAY, holders=())
VOLUME = LogicalVolume("data", "v1", "/dev/mapper/old-data", 20 * MIB, "linear", "dm-3")
GROUP = VolumeGroup("old", "g1", 50 * MIB, 4 * MIB, ("/dev/md127",), (VOLUME,))


def _used(array: Array = ARRAY, group: VolumeGroup = GROUP) -> Machine:
    """The recorded machine, its mirror with an array that holds a volume group."""
    parts = (
        Partition(1, "sda1", "/dev/sda1", MIB, 60 * MIB, "fd",
                  content=Content("linux_raid_member"), holders=("md127",)),
        Partition(2, "sda2", "/dev/sda2", 61 * MIB, 60 * MIB, "83",
                  content=Content("ext4", label="photos")),
    )
    disks = tuple(replace(d, table="dos", partitions=parts) if d.id == "PM-0002-B" else d
                  for d in MACHINE.disks)
    return replace(MACHINE, disks=disks, arrays=(array,), volume_groups=(group,))


def test_what_started_by_itself_is_shown_and_let_go() -> None:
    machine = _used()
    plan = make_plan(machine, CHOICES)
    (warning,) = plan.warnings
    assert warning == ("sda is not blank; what it holds is erased: the old array md127 (sda1); "
                       "the old volume group old (data); ext4 “photos” on sda2.")
    steps = shown(plan, machine, "partition-mirror")
    assert steps.index("deactivate old volume groups") < steps.index("mdadm --stop every array")


@pytest.mark.parametrize(("machine", "code"), [
    (_used(replace(ARRAY, state="clean")), "array-member"),
    (_used(replace(ARRAY, members=(*ARRAY.members, Member("sdc1", 1, "in_sync")))),
     "array-member"),
    (_used(replace(ARRAY, holders=("dm-9",))), "array-member"),
    (_used(group=replace(GROUP, volumes=(replace(VOLUME, open=True),))), "array-member"),
    (replace(_used(), mounts=(Mount("/mnt", "/dev/mapper/old-data", "ext4", "rw"),)),
     "array-member"),
    (replace(_used(BARE), mounts=(Mount("/mnt", "/dev/md127p1", "ext4", "ro"),)), "array-member"),
    (_used(BARE, replace(GROUP, physical=("/dev/md127p1",))), "array-member"),
    (replace(_used(BARE), swaps=(Swap("/dev/md127p2", "partition", MIB, 0),)), "array-member"),
])
def test_what_is_in_use_is_refused(machine: Machine, code: str) -> None:
    found = mirror_refusals(machine, "PM-0001-A", "PM-0002-B")
    assert code in {r.code for r in found}


def test_an_array_with_a_longer_number_is_another() -> None:
    """/dev/md127 is no partition of /dev/md12."""
    short = replace(BARE, name="md12", path="/dev/md12")
    machine = replace(_used(short), mounts=(Mount("/mnt", "/dev/md127", "ext4", "rw"),))
    assert leftovers(machine, machine.disks[0]).arrays == (short,)


def test_a_group_that_lies_on_another_disk_too_is_refused() -> None:
    group = replace(GROUP, physical=("/dev/sda2", "/dev/sdc1"))
    (found,) = mirror_refusals(_used(replace(ARRAY, holders=()), group), "PM-0001-A", "PM-0002-B")
    assert found.message == ("sda belongs to the volume group old, which lies on /dev/sdc1 too.")
