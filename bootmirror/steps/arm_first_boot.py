"""arm-first-boot: the one-shot entry on the old disk. The reboot step makes the next boot take it.

Written here, chosen last of all: a power cut before the copy is whole boots the old system.
"""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command
from bootmirror.actions.files import WriteFile
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.step import Step


class ArmFirstBoot(Step):
    """The only file bootmirror writes on the source before the machine has run from the array."""

    id = "arm-first-boot"
    title = "Prepare the first boot from the mirror"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del machine
        loader = BOOT_LOADERS[plan.boot_loader]
        entry = plan.config(loader.entry_path)
        return (
            # A stage left by an earlier try must not be taken for this one's.
            Command(tuple(loader.disarm())),
            WriteFile(entry.path, entry.text, entry.purpose),
        )
