"""Letting go of what md and LVM started by themselves on a disk that is about to be erased."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.disks import Wipe
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.plan.leftovers import leftovers


@dataclass(frozen=True)
class ReleaseLeftovers:
    """Deactivate old volume groups that lie on the disk alone, and wipe old arrays' content.

    An array made anew in the same place would show what was in the old one. The arrays are stopped
    by what follows.
    """

    disk_id: str
    also: tuple[str, ...] = ()  # paths that count as the disk's: what is on them goes too

    def describe(self) -> str:
        return (f"deactivate old volume groups that lie on {self.disk_id} alone (vgchange), wipe "
                "what old arrays on it hold")

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        disk = machine.disk(self.disk_id)
        found = leftovers(machine, disk, self.also) if disk else None
        if found is None:
            return
        for group in found.groups:
            report.note(f"the old volume group {group.name} is let go")
            host.run(["lvm", "vgchange", "--activate", "n", "--select", f"vg_uuid={group.uuid}"])
        for array in found.arrays:
            if array.state != "inactive":
                Wipe(array.path).perform(host, report)
