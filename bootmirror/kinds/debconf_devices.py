"""Answers to debconf's questions how GRUB's packages install it at their next update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import CommandFailed, StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Disk, Machine


@dataclass(frozen=True)
class TellDebconf:
    """The disks, by-id, for the boot loader's package: else its next update leaves one behind."""

    devices: tuple[str, ...]
    at_last: bool = True  # else it is told once more later, and may be passed over

    def _line(self) -> str:
        return f"grub-pc grub-pc/install_devices multiselect {', '.join(self.devices)}"

    def describe(self) -> str:
        return f"debconf-set-selections: {self._line()}"

    def perform(self, host: Host, report: Report) -> None:
        try:
            host.run(["debconf-set-selections"], stdin=self._line() + "\n")
        except (CommandFailed, StepFailed) as error:  # apt may be at work
            if self.at_last:
                raise
            report.note(f"GRUB's package still installs where it did: {error.message}")


@dataclass(frozen=True)
class UpdateRemovable:
    """Have GRUB's package for UEFI bring the removable path up to date too: else what a firmware
    without its entries starts stays as old as it is, and does not fit the modules in /boot."""

    package: str  # grub-efi-amd64, grub-efi-arm64

    def _line(self) -> str:
        return f"{self.package} grub2/force_efi_extra_removable boolean true"

    def describe(self) -> str:
        return f"debconf-set-selections: {self._line()}"

    def perform(self, host: Host, report: Report) -> None:
        if host.find("debconf-set-selections"):
            host.run(["debconf-set-selections"], stdin=f"{self._line()}\n")
        else:
            report.note("debconf is not installed: the removable path is not updated by packages")


def debconf_check(host: Host, machine: Machine, disks: Sequence[Disk]) -> Check:
    """The next update of GRUB's package installs on both disks, and on nothing that is gone."""
    listed = machine.boot_loader.install_devices
    wrong = [f"does not name {disk.name}" for disk in disks
             if not {*disk.by_id, stable_name(disk)} & set(listed)]
    wrong += [f"names {name}, which is not there" for name in listed
              if not host.exists(host.resolve(name))]
    names = " and ".join(disk.name for disk in disks)
    return Check("debconf", not wrong, "; ".join(wrong) or f"names {names} by their ids",
                 "Choose both disks in dpkg-reconfigure grub-pc.")


def stable_name(disk: Disk) -> str:
    """The disk's by-id link; its path where udev made none."""
    return disk.by_id[0] if disk.by_id else disk.path
