"""What an undo does, with the mirror here and with the mirror gone."""

from __future__ import annotations

from dataclasses import replace

from bootmirror.machine.model import Array
from bootmirror.steps.undo import undo_actions
from tests.unit.steps.machines import MACHINES, MIRROR, planned
from tests.unit.steps.test_order import EVERY_LOADER


@EVERY_LOADER
def test_the_boot_entry_goes_before_the_mirror(loader: str) -> None:
    said = [action.describe() for action in undo_actions(planned(loader), MACHINES[loader])]
    wiped = next(i for i, line in enumerate(said) if line.startswith("wipefs"))
    assert not any(line.startswith(("lilo", "grub", "efibootmgr", "take the first-boot"))
                   for line in said[wiped:])
    assert f"wipefs --all {MIRROR}" in said


@EVERY_LOADER
def test_without_the_mirror_the_rest_is_undone(loader: str) -> None:
    """It has died: the person wants the machine as it was, and another mirror."""
    plan, machine = planned(loader), MACHINES[loader]
    planned_array = plan.arrays[0]
    left = Array("md0", "/dev/md0", planned_array.uuid, "raid1", "1.2", 0, 2)
    alone = replace(machine, arrays=(left,),
                    disks=tuple(d for d in machine.disks if not plan.mirror.matches(d)))
    whole = [action.describe() for action in undo_actions(plan, machine)]
    said = [action.describe() for action in undo_actions(plan, alone)]
    entries = [line for line in whole
               if line.startswith(("lilo", "grub", "efibootmgr", "take the first-boot"))]
    assert entries and [line for line in said if line in entries] == entries
    assert "mdadm --stop /dev/md0" in said
    assert not any("wipefs" in line or "zeros" in line for line in said)
    assert said[-1] == f"leave {plan.mirror.name} as it is: it is not here"
