"""Adding the spares that the raidtab names, once both halves are alike.

A spare that was left out at a boot, or whose disk was gone for a while, is in no array afterwards,
and md says nothing of it: it is added again.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Content
from bootmirror.plan.model import Plan, PlannedArray, PlannedSpare
from bootmirror.plan.names import same_array
from bootmirror.steps.places import running_array
from bootmirror.steps.rejoin import MEMBER


@dataclass(frozen=True)
class AddSpare:
    """mdadm --add, unless it is in the array already. Never a partition that holds other things."""

    array: PlannedArray
    spare: PlannedSpare

    def describe(self) -> str:
        return (f"mdadm {self.array.device} --add {self.spare.path}, as a spare; it must be blank "
                "or have been one before")

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        partition = self.spare.find(machine)
        if partition is None:
            raise Refused(f"The spare of {self.array.device}, then {self.spare.path}, is not here.",
                          "Attach its disk again, then go on.")
        running = machine.array(self.array.uuid)
        if running is not None and any(m.name == partition.name for m in running.members):
            report.note(f"{partition.path} is in the array already")
            return
        path = running_array(machine, self.array)
        content = partition.content
        if partition.holders or (content is not None and not _was_in(self.array, content)):
            raise Refused(f"{partition.path}, the spare of {self.array.device}, is not blank now.",
                          f"Clear it if it may be erased (wipefs --all {partition.path}).")
        if content is not None:
            host.run(["mdadm", "--zero-superblock", partition.path])
            report.note(f"{partition.path} had been left out of {path}; it is added again")
        host.run(["mdadm", path, "--add", partition.path])


def _was_in(array: PlannedArray, content: Content) -> bool:
    """Whether it is a member of that very array, which runs without it."""
    return content.kind == MEMBER and same_array(array.uuid, content.uuid)


def spares(plan: Plan) -> tuple[AddSpare, ...]:
    """All of the plan's; not before both halves are alike: md would give the free half to one."""
    return tuple(AddSpare(array, spare) for array in plan.arrays for spare in array.spares)
