"""create-arrays: each array with the mirror's partition alone; the source's counts as missing."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command
from bootmirror.actions.disks import Announce, MakeSure, Wipe
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, PlannedArray, Side
from bootmirror.plan.raidtab_arrays import create_command
from bootmirror.steps.leftovers import ReleaseLeftovers
from bootmirror.steps.places import device
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class CreateArray:
    """mdadm --create, unless this very array runs already."""

    array: PlannedArray
    member: str
    disk_id: str

    def describe(self) -> str:
        return f"{' '.join(create_command(self.array, self.member))}; wipefs --all on it"

    def perform(self, host: Host, report: Report) -> None:
        if inspect(host).array(self.array.uuid) is not None:
            report.note(f"{self.array.device} runs already")
            return
        host.run(create_command(self.array, self.member))
        # A disk that was half of such an array before shows what was in that one again.
        host.run(["udevadm", "settle"])
        ReleaseLeftovers(self.disk_id, also=(self.array.device,)).perform(host, report)
        Wipe(self.array.device).perform(host, report)


class CreateArrays(Step):
    """On the mirror, which partition-mirror left blank."""

    id = "create-arrays"
    title = "Create the arrays"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        members = [
            device(plan, machine, Side.MIRROR, a.member(Side.MIRROR).partition)
            for a in plan.arrays
        ]
        return (
            command("modprobe", "--all", "md_mod", "raid1"),
            MakeSure.of(plan.mirror.find(machine)),
            *(CreateArray(array, member, plan.mirror.id)
              for array, member in zip(plan.arrays, members, strict=True)),
            command("udevadm", "settle"),
            Announce((*members, *(a.device for a in plan.arrays))),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        found = [machine.array(array.uuid) for array in plan.arrays]
        return all(a is not None and a.working >= 1 and a.state != "inactive" for a in found)
