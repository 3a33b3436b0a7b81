"""confirm-first-boot: the machine must run from the arrays; else it says why it does not."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.errors import FellBack
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.first_boot import explain_fallback, wrong_mounts
from bootmirror.steps.report import Report
from bootmirror.steps.step import Action, Step


@dataclass(frozen=True)
class Confirm:
    """Look where every file system of the plan is mounted from."""

    plan: Plan

    def describe(self) -> str:
        return "look whether /, and every other converted file system, is mounted from its array"

    def perform(self, host: Host, report: Report) -> None:
        wrong = wrong_mounts(self.plan, inspect(host))
        if wrong:
            raise FellBack(
                f"The machine does not run from the mirror: {'; '.join(wrong)}. "
                f"{explain_fallback(host, self.plan)}",
                "The old disk is untouched. Try again, or undo.",
            )
        report.result("the machine runs from the mirror")


class ConfirmFirstBoot(Step):
    """Changes nothing."""

    id = "confirm-first-boot"
    title = "Confirm the first boot"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del machine
        return (Confirm(plan),)
