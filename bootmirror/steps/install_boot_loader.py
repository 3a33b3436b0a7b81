"""install-boot-loader: its files and its menu into the copy.

The mirror's boot sector is left for confirm-first-boot: until the machine has run from the mirror,
a BIOS that tries that disk first must be handed on to the old one.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import in_chroot
from bootmirror.actions.disks import MakeSure
from bootmirror.actions.places import TARGET
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.mounted_copy import mount_copy, mount_for_chroot
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class CheckMenu:
    """The menu must boot the array's root, and nothing of the old disk."""

    path: str
    root_uuid: str
    old_uuid: str

    def describe(self) -> str:
        return f"check that {self.path} boots the root {self.root_uuid} and not the old one"

    def perform(self, host: Host, report: Report) -> None:
        text = host.read(self.path) or ""
        if f"root=UUID={self.root_uuid}" not in text or self.old_uuid in text:
            raise StepFailed(
                f"{self.path} does not boot the array: it names another root.",
                "Look at /etc/default/grub and /etc/grub.d for a root that is written out.",
            )
        report.result("the menu boots the array")


class InstallBootLoader(Step):
    """The copy gets a boot loader of its own; the source's is not touched."""

    id = "install-boot-loader"
    title = "Install the boot loader in the copy"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader = BOOT_LOADERS[plan.boot_loader]
        mirror = plan.mirror.find(machine)
        return (
            *mount_copy(plan, machine),
            *mount_for_chroot(),
            MakeSure.of(mirror),
            in_chroot(*loader.prepare(mirror.path)),
            in_chroot(*loader.update()),
            CheckMenu(TARGET + loader.menu_path, plan.root.filesystem.uuid,
                      plan.root.filesystem.source_uuid),
        )
