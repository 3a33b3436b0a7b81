"""The wording of a consent, for each step that erases a disk."""

from __future__ import annotations

from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.model import DiskRef, Plan
from tui.screens.consent import Asked
from tui.words import identity

NEWER = ("the mirror ran this machine after the system that runs now: what was written since is on "
         "it alone, and will be gone.")


def asked_for(  # noqa: PLR0913 - the last one by name
    machine: Machine, plan: Plan, step_id: str, title: str, disk_id: str, *, newer: bool = False
) -> Asked:
    """What to ask before this step: said in the terms of the side whose disk it erases.

    ``newer``: the mirror holds what was written after the system that runs.
    """
    mirror = plan.mirror.id == disk_id
    disk = machine.disk(disk_id)
    other = _name(machine, plan.source if mirror else plan.mirror)
    if mirror:
        why = NEWER if newer else "it becomes the first half of the mirror."
        untouched = f"The running system on {other} is not touched."
    else:
        why = (
            "it becomes the second half of the mirror. The old system on it, the way back until "
            "now, will be gone."
        )
        untouched = f"The machine runs from {other}, which is not touched."
    return Asked(step_id, title, disk_id, disk, why, untouched)


def _name(machine: Machine, ref: DiskRef) -> str:
    disk: Disk | None = next((d for d in machine.disks if ref.matches(d)), None)
    return f"{disk.name} ({identity(disk)})" if disk else f"{ref.name} ({ref.id})"
