"""A plan for each boot loader, and what each step will do, as text."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from bootmirror.steps import recipe
from tests.unit.plan.test_layouts import CHOICES, MACHINE
from tests.unit.plan.test_lilo import lilo_machine
from tests.unit.plan.test_uefi import _uefi

MACHINES: dict[str, Machine] = {
    "grub-bios": MACHINE, "grub-efi": _uefi(), "lilo": lilo_machine(),
}
SOURCE, MIRROR = "/dev/sdb", "/dev/sda"


def planned(loader: str) -> Plan:
    return make_plan(MACHINES[loader], CHOICES)


def actions(loader: str, step_id: str) -> list[Action]:
    step = next(s for s in recipe.STEPS if s.id == step_id)
    return list(step.actions(planned(loader), MACHINES[loader]))


def texts(loader: str, step_id: str) -> list[str]:
    return [action.describe() for action in actions(loader, step_id)]


def first_half(loader: str) -> list[Action]:
    """Every action before the machine has run from the array, in order."""
    return [action for step in recipe.STEPS if not step.after_reboot
            for action in actions(loader, step.id)]
