"""reboot: the last things before it. The restart itself is the user's word (or --reboot)."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import ORIGIN, TARGET
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.arrived import all_arrived
from bootmirror.steps.carried_state import carry_state
from bootmirror.steps.mounted_copy import mount_copy
from bootmirror.steps.step import Step


class Reboot(Step):
    """The journal travels to the new root, the copy is closed, the next boot is chosen."""

    id = "reboot"
    title = "Reboot"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader = BOOT_LOADERS[plan.boot_loader]
        return (
            *mount_copy(plan, machine),
            *carry_state(),
            all_arrived(plan),
            UnmountAll(ORIGIN),
            UnmountAll(TARGET),
            *loader.arm(plan.boot, plan.mirror.find(machine)),
        )
