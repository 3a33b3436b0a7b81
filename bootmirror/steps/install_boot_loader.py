"""install-boot-loader: its files and its menu into the copy.

The mirror's boot sector is left for confirm-first-boot: until the machine has run from the mirror,
a BIOS that tries that disk first must be handed on to the old one.
"""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.disks import MakeSure
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.arrived import all_arrived
from bootmirror.steps.mounted_copy import leave_chroot, mount_copy, mount_for_chroot
from bootmirror.steps.step import Step
from bootmirror.steps.user_settings import bring_settings


class InstallBootLoader(Step):
    """The copy gets a boot loader of its own; the source's is not touched."""

    id = "install-boot-loader"
    title = "Install the boot loader in the copy"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader = BOOT_LOADERS[plan.boot_loader]
        mirror = plan.mirror.find(machine)
        return (
            *mount_copy(plan, machine),
            *bring_settings(plan, loader.user_settings),
            *mount_for_chroot(),
            MakeSure.of(mirror),
            *loader.into_copy(plan.boot, mirror),
            *leave_chroot(),
            all_arrived(plan),
        )
