"""check: everything that would be refused, looked at once more before anything changes."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals
from bootmirror.steps.step import Step


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


class Check(Step):
    """The first step: changes nothing."""

    id = "check"
    title = "Check both disks"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del machine
        return (LookAgain(plan),)
