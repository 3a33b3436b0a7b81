"""The answer to debconf's question where GRUB is installed: grub-pc/install_devices."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.machine.model import Disk


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
