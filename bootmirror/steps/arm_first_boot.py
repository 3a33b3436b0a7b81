"""arm-first-boot: the one-shot entry on the old disk. The reboot step makes the next boot take it.

Written here, chosen last of all: a power cut before the copy is whole boots the old system.
"""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.carried_state import carry_state
from bootmirror.steps.mounted_copy import mount_copy
from bootmirror.steps.step import Step


class ArmFirstBoot(Step):
    """Writes the one-shot entry to the source; the choice of it is the reboot step's."""

    id = "arm-first-boot"
    title = "Prepare the first boot from the mirror"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader = BOOT_LOADERS[plan.boot_loader]
        return (
            *mount_copy(plan, machine),
            *carry_state(),
            *loader.write_entry(plan.boot, plan.entry, plan.mirror.find(machine)),
        )
