"""check: everything that would be refused, looked at once more before anything changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals
from bootmirror.steps.own_files import written_paths
from bootmirror.steps.step import Step
from bootmirror.steps.tables import ReadTable


@dataclass(frozen=True)
class LookAgain:
    """All refusals, on the machine as it is now."""

    plan: Plan

    def describe(self) -> str:
        return "look at both disks, the programs and the file systems once more; change nothing"

    def perform(self, host: Host, report: Report) -> None:
        plan = self.plan
        machine = inspect(host)
        own = [array.uuid for array in plan.arrays]
        refusals = (
            *machine_refusals(machine),
            *source_refusals(machine, plan.source.find(machine).name),
            *mirror_refusals(machine, plan.source.find(machine).name,
                             plan.mirror.find(machine).name, plan.choices.allow_removable, own),
        )
        if refusals:
            raise Refused(" ".join(r.message for r in refusals),
                          " ".join(r.hint for r in refusals if r.hint))
        report.result("nothing stands against it")


@dataclass(frozen=True)
class NoWayOut:
    """Refuse links that would lead from the copy into the running system.

    A directory below which the copy is written to may be a link; one with an absolute target
    leads, as seen from outside the copy, out of it.
    """

    paths: tuple[str, ...]

    def describe(self) -> str:
        return "make sure that no link leads out of the copy where bootmirror writes to it"

    def perform(self, host: Host, report: Report) -> None:
        del report
        for path in self.paths:
            for parent in reversed(Path(path).parents):
                target = host.link(parent)
                if target.startswith("/"):
                    raise Refused(
                        f"{parent} is a link to {target}: in the copy it would lead out of it.",
                        f"Make it a relative one (ln --symbolic --force --no-dereference "
                        f"--relative {quote(target)} {quote(str(parent))}), then go on.")


class Check(Step):
    """The first step: changes nothing."""

    id = "check"
    title = "Check both disks"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        source = plan.source.find(machine)
        # libparted opens the disk to write, and udev looks at it anew when it is closed: no matter
        # while it is in use, but just before it is wiped its volume group would come up again.
        return (LookAgain(plan), ReadTable(source.path, plan.source_partitions),
                NoWayOut(written_paths(plan)))
