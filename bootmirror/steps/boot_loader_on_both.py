"""boot-loader-on-both: the initramfs once more with both halves, the boot loader on both disks."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command
from bootmirror.actions.disks import MakeSure
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.model import Plan, Side
from bootmirror.steps.build_initramfs import CheckInitramfs
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class TellDebconf:
    """Both disks, by-id, for the boot loader's package: else its next update leaves one behind."""

    devices: tuple[str, ...]

    def _line(self) -> str:
        return f"grub-pc grub-pc/install_devices multiselect {', '.join(self.devices)}"

    def describe(self) -> str:
        return f"debconf-set-selections: {self._line()}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(["debconf-set-selections"], stdin=self._line() + "\n")


def stable_name(disk: Disk) -> str:
    """The disk's by-id link; its path where udev made none."""
    return disk.by_id[0] if disk.by_id else disk.path


class BootLoaderOnBoth(Step):
    """After this either disk boots alone."""

    id = "boot-loader-on-both"
    title = "Boot loader on both disks"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader = BOOT_LOADERS[plan.boot_loader]
        disks = [plan.disk(side).find(machine) for side in (Side.SOURCE, Side.MIRROR)]
        return (
            Command(tuple(INITRAMFS[plan.initramfs].build())),
            CheckInitramfs.of(plan),
            *(MakeSure.of(disk) for disk in disks),
            *(Command(tuple(loader.install(disk.path))) for disk in disks),
            Command(tuple(loader.update())),
            TellDebconf(tuple(stable_name(disk) for disk in disks)),
        )
