"""make-filesystems: on each array the kind its source file system is, and swap on the mirror."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command
from bootmirror.actions.disks import Announce, MakeSure
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import TARGET
from bootmirror.kinds.filesystem import NewFilesystem
from bootmirror.kinds.filesystems import FILESYSTEMS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, PlannedSwap, Side, SwapForm
from bootmirror.steps.mounted_copy import make_sure_of_arrays
from bootmirror.steps.places import array_path, device, target_device
from bootmirror.steps.step import Step


class MakeFilesystems(Step):
    """Erases what an earlier try left on the arrays."""

    id = "make-filesystems"
    title = "Make the file systems"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        sizes = {p.number: p.size for p in plan.mirror_partitions}
        made = [(f, target_device(plan, machine, f)) for f in plan.filesystems]
        swaps = [(s, swap_device(plan, machine, s)) for s in plan.swaps
                 if s.form is not SwapForm.FILE]
        return (
            UnmountAll(TARGET),
            MakeSure.of(plan.mirror.find(machine)),
            make_sure_of_arrays(plan, machine),
            *(
                Command(tuple(FILESYSTEMS[f.kind].mkfs(path, NewFilesystem(
                    f.uuid, f.label, sizes[f.partition], f.inodes_used, f.features))))
                for f, path in made
            ),
            *(Command(("mkswap", "--uuid", s.uuid, path)) for s, path in swaps),
            Announce((*(path for _, path in made), *(path for _, path in swaps))),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        held = {a.uuid: a.content.uuid for a in machine.arrays if a.content}
        disk = plan.mirror.find(machine)
        swap = {p.content.uuid for p in disk.partitions if p.content}
        return (
            all(held.get(plan.array_of(f).uuid) == f.uuid for f in plan.filesystems)
            and all(s.uuid in swap for s in plan.plain_swaps)
            and all(held.get(plan.array_of(s).uuid) == s.uuid
                    for s in plan.swaps if s.form is SwapForm.ARRAY)
        )


def swap_device(plan: Plan, machine: Machine, swap: PlannedSwap) -> str:
    """What a swap area of the copy is on: the mirror's partition, or its array."""
    if swap.form is SwapForm.ARRAY:
        return array_path(machine, plan.array_of(swap))
    return device(plan, machine, Side.MIRROR, swap.partition)
