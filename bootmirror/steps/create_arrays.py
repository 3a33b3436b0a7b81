"""create-arrays: each array with the mirror's partition alone; the source's counts as missing."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command
from bootmirror.actions.disks import Announce, MakeSure, Wipe
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Array, Machine
from bootmirror.plan.model import Plan, PlannedArray, Side
from bootmirror.plan.raidtab_arrays import create_command
from bootmirror.steps.leftovers import ReleaseLeftovers
from bootmirror.steps.places import device
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class CreateArray:
    """mdadm --create, unless this very array runs already; what it shows of an earlier life goes.

    One that was cut off can leave an array that never started, or one that was not wiped yet.
    """

    plan: Plan
    array: PlannedArray
    member: str

    def describe(self) -> str:
        return f"{' '.join(create_command(self.array, self.member))}; wipefs --all on it"

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        running = machine.array(self.array.uuid)
        if running is not None and not _started(running):
            report.note(f"{running.path} was never started: it is made anew")
            host.run(["mdadm", "--stop", running.path])
            running = None
        if running is None:
            host.run(create_command(self.array, self.member))
        elif not _strange(machine, self.plan, self.array, running):
            report.note(f"{running.path} runs already")
            return
        path = running.path if running else self.array.device
        # A disk that was half of such an array before shows what was in that one again.
        host.run(["udevadm", "settle"])
        ReleaseLeftovers(self.plan.mirror.id, also=(path,)).perform(host, report)
        Wipe(path).perform(host, report)


def _started(array: Array) -> bool:
    return array.working >= 1 and array.state != "inactive"


def _strange(machine: Machine, plan: Plan, array: PlannedArray, running: Array) -> bool:
    """Whether it shows what was on the disk before this plan."""
    if running.content is None:
        return False
    ours = {f.uuid for f in plan.filesystems} | {s.uuid for s in plan.swaps}
    # A physical volume's UUID is nobody's choice: it is known by its group.
    names = {g.name for g in plan.groups if g.partition == array.partition}
    grouped = any(g.name in names and running.path in g.physical for g in machine.volume_groups)
    return running.content.uuid not in ours and not grouped


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
            *(CreateArray(plan, array, member)
              for array, member in zip(plan.arrays, members, strict=True)),
            command("udevadm", "settle"),
            Announce((*members, *(a.device for a in plan.arrays))),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        found = [(array, machine.array(array.uuid)) for array in plan.arrays]
        return all(
            running is not None and _started(running)
            and not _strange(machine, plan, array, running) for array, running in found)
