"""A half that dropped out of its array and came back joins it again before the resync goes on.

After such a failure md leaves it out at every boot, however well the disk works again.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.host.identity import make_sure
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Array, Machine, Partition
from bootmirror.plan.model import Plan, PlannedArray, Side

MEMBER = "linux_raid_member"  # libblkid's name


@dataclass(frozen=True)
class Rejoin:
    """mdadm --add, where the array runs from one of the two disks alone and the other is here.

    Either may have dropped out: the old disk, or the mirror once the old one was in sync. The
    erasure of both was consented to, and what lies on the half is that array's own, out of date.
    """

    plan: Plan
    array: PlannedArray

    def describe(self) -> str:
        return f"add a half to {self.array.device} again, where it dropped out of it"

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        running = machine.array(self.array.uuid)
        try:
            disks = {side: self.plan.disk(side).find(machine) for side in Side}
        except Refused:
            return  # a disk that is gone: the wait for the resync tells
        halves = {side: disk.partition(self.array.member(side).partition)
                  for side, disk in disks.items()}
        for side, half in halves.items():
            other = halves[_OTHER[side]]
            if running and half and other and _lacks(running, half, other):
                make_sure(disks[side].path, disks[side].devno, disks[side].size)
                self._add(host, machine, running, half)
                report.note(f"{half.path} had dropped out of {running.name}; it was added again")

    def _add(self, host: Host, machine: Machine, running: Array, half: Partition) -> None:
        path = f"/dev/{running.name}"
        if _pulled_out(running, machine):
            host.run(["mdadm", path, "--remove", "detached"])
        if half.content is not None and half.content.kind == MEMBER:
            # mdadm does not add what calls itself an active member.
            host.run(["mdadm", "--zero-superblock", half.path])
        host.run(["mdadm", path, "--add", half.path])


_OTHER = {Side.SOURCE: Side.MIRROR, Side.MIRROR: Side.SOURCE}


def _lacks(running: Array, half: Partition, other: Partition) -> bool:
    """Whether the array is whole but for that half, which is none of its members."""
    in_sync = [m.name for m in running.members if "in_sync" in m.state.split(",")]
    return (in_sync == [other.name] and running.sync is None
            and all(member.name != half.name for member in running.members))


def _pulled_out(running: Array, machine: Machine) -> bool:
    """Whether a member's device is gone; under that name another may be by now."""
    here = {partition.name for disk in machine.disks for partition in disk.partitions}
    return any("faulty" in m.state.split(",") and m.name not in here for m in running.members)
