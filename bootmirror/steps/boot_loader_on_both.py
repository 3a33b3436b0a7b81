"""boot-loader-on-both: the initramfs once more with both halves, the boot loader on both disks."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.checkpoint import Checkpoint
from bootmirror.actions.disks import MakeSure
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, Side
from bootmirror.steps.build_initramfs import CheckInitramfs, kernels
from bootmirror.steps.step import Step


class BootLoaderOnBoth(Step):
    """After this either disk boots alone."""

    id = "boot-loader-on-both"
    title = "Boot loader on both disks"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader = BOOT_LOADERS[plan.boot_loader]
        disks = [plan.disk(side).find(machine) for side in (Side.SOURCE, Side.MIRROR)]
        return (
            *INITRAMFS[plan.initramfs].rebuild(kernels(machine, machine.kernel)),
            # The plan's kernel may be gone since: packages are upgraded between the two halves.
            CheckInitramfs.of(plan, machine.kernel),
            Checkpoint("/boot"),
            *(MakeSure.of(disk) for disk in disks),
            *(action for disk in disks for action in loader.install(plan.boot, disk)),
            *loader.update(),
            *loader.tell_package(plan.boot, disks),
        )
