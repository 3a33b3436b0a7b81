"""verify: what makes a mirror a mirror, each point a line. [UU] alone proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import BootmirrorError, StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.automounts import ask_for_mounts
from bootmirror.steps.monitor import StartMonitor
from bootmirror.steps.points.registry import POINTS, look_at
from bootmirror.steps.resync import made_alike
from bootmirror.steps.spares import spares
from bootmirror.steps.step import Step


def verify_checks(host: Host, plan: Plan) -> tuple[Check, ...]:
    """Every point, on the machine as it is now; what cannot be looked at does not hold."""
    try:
        ask_for_mounts(host, plan)
        machine = inspect(host)
    except BootmirrorError as error:
        return (Check("machine", False, f"cannot be looked at: {error.message.rstrip('.')}",
                      error.hint or "Look at lsblk and findmnt."),)
    return tuple(look_at(host, plan, machine))


@dataclass(frozen=True)
class RunChecks:
    """All points; any that does not hold fails the step."""

    plan: Plan

    def describe(self) -> str:
        return f"look at {', '.join(point.name for point in POINTS)}; change nothing"

    def perform(self, host: Host, report: Report) -> None:
        checks = verify_checks(host, self.plan)
        for check in checks:
            report.note(f"{'ok' if check.ok else 'NOT OK'}  {check.name}: {check.detail}")
        bad = [check for check in checks if not check.ok]
        if bad:
            told = "; ".join(f"{check.name}: {check.detail}" for check in bad)
            raise StepFailed(f"{len(bad)} of {len(checks)} points do not hold: {told}.",
                             " ".join([*dict.fromkeys(check.advice for check in bad),
                                       "Then go on; bootmirror verify shows every point."]))
        report.result(f"{len(checks)} of {len(checks)} points hold")


class Verify(Step):
    """The last step: has the monitor run, and looks at everything.

    A disk that dropped out since the resync is taken back first, and a spare that was left out:
    nothing comes after this step.
    """

    id = "verify"
    title = "Verify the mirror"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        return (*made_alike(plan, machine), *spares(plan), StartMonitor(), RunChecks(plan))
