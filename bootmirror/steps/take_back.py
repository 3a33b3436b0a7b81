"""What takes back the choice of the first boot; the old system is what starts next then."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.undo import as_it_was


def take_back_actions(plan: Plan, machine: Machine) -> tuple[Action, ...]:
    """What the final copy begins with, when it is made once more; also where the mirror is not
    here, and may come back. Raises Refused when it may be two disks."""
    here = plan.mirror.is_on(machine)
    mirror = plan.mirror.find(machine) if here else as_it_was(plan.mirror)
    return BOOT_LOADERS[plan.boot_loader].disarm(plan.boot, mirror)
