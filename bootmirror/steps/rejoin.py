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
from bootmirror.machine.model import Array, Disk, Machine
from bootmirror.plan.model import Plan, PlannedArray, Side

MEMBER = "linux_raid_member"  # libblkid's name


@dataclass(frozen=True)
class Rejoin:
    """mdadm --add, where the array runs from the mirror alone and the old disk is here.

    Its erasure was consented to, and what lies on it is that array's unfinished half.
    """

    plan: Plan
    array: PlannedArray

    def describe(self) -> str:
        return f"add the old disk to {self.array.device} again, where it dropped out of it"

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        running = machine.array(self.array.uuid)
        try:
            source, mirror = (self.plan.disk(side).find(machine)
                              for side in (Side.SOURCE, Side.MIRROR))
        except Refused:
            return  # a disk that is gone: the wait for the resync tells
        half = source.partition(self.array.member(Side.SOURCE).partition)
        if running is None or half is None or not self._lacks(running, half.name, mirror):
            return
        make_sure(source.path, source.devno, source.size)
        path = f"/dev/{running.name}"
        if _pulled_out(running, machine):
            host.run(["mdadm", path, "--remove", "detached"])
        if half.content is not None and half.content.kind == MEMBER:
            # mdadm does not add what calls itself an active member.
            host.run(["mdadm", "--zero-superblock", half.path])
        host.run(["mdadm", path, "--add", half.path])
        report.note(f"{half.path} had dropped out of {running.name}; it was added again")

    def _lacks(self, running: Array, half: str, mirror: Disk) -> bool:
        """Whether the array is whole but for that half, which is none of its members."""
        whole = mirror.partition(self.array.member(Side.MIRROR).partition)
        in_sync = [m.name for m in running.members if "in_sync" in m.state.split(",")]
        return (whole is not None and in_sync == [whole.name] and running.sync is None
                and all(member.name != half for member in running.members))


def _pulled_out(running: Array, machine: Machine) -> bool:
    """Whether a member's device is gone; under that name another may be by now."""
    here = {partition.name for disk in machine.disks for partition in disk.partitions}
    return any("faulty" in m.state.split(",") and m.name not in here for m in running.members)
