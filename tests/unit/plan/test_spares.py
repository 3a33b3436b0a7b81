"""A spare in the raidtab: a blank partition of a third disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import Content, Disk, Machine, Partition
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MACHINE, MIB, shown

GIB = 1 << 30


def _with_third(size: int = 8 * GIB, content: Content | None = None) -> Machine:
    part = Partition(1, "sdc1", "/dev/sdc1", MIB, size, "83", partuuid="5ba5e000-01",
                     content=content)
    disk = Disk("sdc", "/dev/sdc", "8:32", 9 * GIB, 512, 512, serial="THIRD", table="dos",
                partitions=(part,))
    return replace(MACHINE, disks=(*MACHINE.disks, disk))


def _planned(machine: Machine, device: str = "/dev/sdc1") -> tuple[Plan, int]:
    """The plan with a spare in its first array, and the line that names it."""
    lines = make_plan(machine, CHOICES).config("raidtab").text.splitlines()
    counts = next(i for i, line in enumerate(lines) if "nr-raid-disks" in line)
    lines[counts + 1:counts + 1] = [
        "    nr-spare-disks 1", f"    device {device}", "    spare-disk 0"]
    text = "".join(f"{line}\n" for line in lines)
    plan = make_plan(machine, replace(CHOICES, edits=(("/etc/raidtab", text),)))
    return plan, counts + 3


def test_what_mdadm_is_told_changes_with_it() -> None:
    plan, _ = _planned(_with_third())
    assert not plan.errors
    first = plan.arrays[0]
    assert [s.partuuid for s in first.spares] == ["5ba5e000-01"]
    assert plan.config("raidtab").effects[1] == f"mdadm {first.device} --add /dev/sdc1"
    resync = shown(plan, _with_third(), "resync")
    assert resync.index("wait for the resync") < resync.index("--add /dev/sdc1, as a spare")


@pytest.mark.parametrize(
    ("machine", "device", "words"),
    [
        (_with_third(), "/dev/sdd1", "there is no partition /dev/sdd1"),
        (_with_third(content=Content("ext4")), "/dev/sdc1", "not blank: it holds ext4"),
        (_with_third(size=MIB), "/dev/sdc1", "has 1"),
        (_with_third(), "/dev/sdb1", "must be a failed-disk"),
    ],
    ids=["not there", "not blank", "too small", "of the source"],
)
def test_what_cannot_be_one_is_told_at_its_line(machine: Machine, device: str, words: str) -> None:
    plan, line = _planned(machine, device)
    assert any(c.line == line and words in c.message for _, c in plan.errors), plan.errors
