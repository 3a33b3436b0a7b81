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
    gone = after_reboot and any(machine.array(array.uuid) is None for array in plan.arrays)
    asked = machine.arrays and (gone or not machine.program("mdadm"))
    if asked and (unknown := why_untold(machine)):
        raise _failed(*unknown)


def not_running(machine: Machine, what: str) -> StepFailed:
    """The error for an array of the plan that is not found among those that run; which, in words.
    """
    return _failed(*(why_untold(machine) or (
        f"{what} does not run",
        "Look at /proc/mdstat and assemble it (mdadm --assemble --scan)")))


def why_untold(machine: Machine) -> tuple[str, str] | None:
    """Why mdadm does not tell which array is which, and what to do; None where it does."""
    if not machine.program("mdadm"):
        return "mdadm is not installed", "Install mdadm"
    # An inactive one is one that does not run, whatever it is.
    silent = [array.path for array in machine.arrays
              if not array.uuid and array.state != "inactive"]
    if not silent:
        return None
    return (f"mdadm does not tell which array {' and '.join(silent)} is",
            f"See what is wrong (mdadm --detail {silent[0]})")


def _failed(what: str, advice: str) -> StepFailed:
    return StepFailed(f"{what}.", f"{advice}, then go on.")
