"""add-source: the old disk's partitions join the arrays."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.disks import Announce, MakeSure
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, PlannedArray, Side
from bootmirror.steps.places import array_path, device, running_array
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class AddMember:
    """mdadm --add, unless it is a member already."""

    plan: Plan
    array: PlannedArray
    shown: str

    def describe(self) -> str:
        return self.shown

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        path = device(self.plan, machine, Side.SOURCE, self.array.member(Side.SOURCE).partition)
        name = path.rsplit("/", 1)[-1]
        running = machine.array(self.array.uuid)
        if running is not None and any(m.name == name for m in running.members):
            report.note(f"{path} is a member already")
            return
        host.run(["mdadm", running_array(machine, self.array), "--add", path])


class AddSource(Step):
    """The resync begins by itself."""

    id = "add-source"
    title = "Add the old disk to the arrays"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        members = [
            (a, device(plan, machine, Side.SOURCE, a.member(Side.SOURCE).partition))
            for a in plan.arrays
        ]
        return (
            MakeSure.of(plan.source.find(machine)),
            *(AddMember(plan, a, f"mdadm {array_path(machine, a)} --add {path}")
              for a, path in members),
            Announce(tuple(path for _, path in members)),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        disk = plan.source.find(machine)
        names = {p.name for p in disk.partitions}
        found = [machine.array(a.uuid) for a in plan.arrays]
        return all(a is not None and any(m.name in names for m in a.members) for a in found)
