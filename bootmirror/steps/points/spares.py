"""Whether each spare of the plan is in its array: md says nothing of one left out at a boot."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.boot import Check
from bootmirror.plan.model import PlannedArray, PlannedSpare
from bootmirror.steps.points.look import Look


def spares(look: Look) -> Iterator[Check]:
    for array in look.plan.arrays:
        for spare in array.spares:
            yield _look_at(look, array, spare)


def _look_at(look: Look, array: PlannedArray, spare: PlannedSpare) -> Check:
    name = f"spare of {array.holds}"
    partition = spare.find(look.machine)
    if partition is None:
        return Check(name, False, f"{spare.path}, as it was then, is not here",
                     "Attach its disk again (dmesg, its cable), then verify once more.")
    running = look.machine.array(array.uuid)
    members = running.members if running else ()
    member = next((m for m in members if m.name == partition.name), None)
    device = running.path if running else array.device
    if member is None:
        return Check(name, False, f"{partition.name} is not in {device}",
                     f"Add it again (mdadm --zero-superblock {partition.path}, then mdadm {device} "
                     f"--add {partition.path}).")
    failed = "faulty" in member.state.split(",")
    state = "failed" if failed else "waits"
    return Check(name, not failed, f"{partition.name} {state} in {device}",
                 "Look at its disk (dmesg, its cable), and replace it.")
