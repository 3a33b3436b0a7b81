"""Adding the spares that the raidtab names, once both halves are alike."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.plan.model import PlannedArray, PlannedSpare
from bootmirror.steps.places import running_array


@dataclass(frozen=True)
class AddSpare:
    """mdadm --add, unless it is in the array already. Never a partition that holds something."""

    array: PlannedArray
    spare: PlannedSpare

    def describe(self) -> str:
        return f"mdadm {self.array.device} --add {self.spare.path}, as a spare; it must be blank"

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        found = [p for disk in machine.disks for p in disk.partitions
                 if p.partuuid == self.spare.partuuid]
        if len(found) != 1:
            raise Refused(f"The spare of {self.array.device}, then {self.spare.path}, is not here.",
                          "Attach its disk again, then go on.")
        partition = found[0]
        running = machine.array(self.array.uuid)
        if running is not None and any(m.name == partition.name for m in running.members):
            report.note(f"{partition.path} is in the array already")
            return
        if partition.content is not None or partition.holders:
            raise Refused(f"{partition.path}, the spare of {self.array.device}, is not blank now.",
                          f"Clear it if it may be erased (wipefs --all {partition.path}).")
        host.run(["mdadm", running_array(machine, self.array), "--add", partition.path])
