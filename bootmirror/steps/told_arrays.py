"""Whether it is known which array is which: their UUIDs come from mdadm."""

from __future__ import annotations

from bootmirror.errors import StepFailed
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan


def make_sure_told(plan: Plan, machine: Machine, *, after_reboot: bool) -> None:
    """Before a step goes by what runs and what does not. Raises StepFailed.

    In the second half all arrays of the plan are there: one that is not found may be one that mdadm
    says nothing of. In the first half such a one is somebody's own, built without superblocks.
    """
    if machine.arrays and not machine.program("mdadm"):
        raise _missing()
    if after_reboot:
        for array in plan.arrays:
            if machine.array(array.uuid) is None and (untold := _untold(machine)):
                raise _silent(untold)


def not_running(machine: Machine, what: str) -> StepFailed:
    """The error for an array of the plan that is not found among those that run; which, in words.
    """
    if not machine.program("mdadm"):
        return _missing()
    if untold := _untold(machine):
        return _silent(untold)
    return StepFailed(f"{what} does not run.",
                      "Look at /proc/mdstat and assemble it (mdadm --assemble --scan), then go on.")


def _untold(machine: Machine) -> list[str]:
    """Arrays that run, and that mdadm says nothing of."""
    return [array.path for array in machine.arrays
            if not array.uuid and array.state != "inactive"]


def _missing() -> StepFailed:
    return StepFailed("The program mdadm is not installed.", "Install mdadm, then go on.")


def _silent(untold: list[str]) -> StepFailed:
    return StepFailed(f"mdadm does not tell which array {' and '.join(untold)} is.",
                      f"See what is wrong (mdadm --detail {untold[0]}), then go on.")
