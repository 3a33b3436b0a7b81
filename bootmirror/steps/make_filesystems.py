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
from bootmirror.plan.model import Plan, PlannedFilesystem, PlannedSwap, Side, SwapForm
from bootmirror.plan.names import mapper_path
from bootmirror.steps.arrived import no_bad_blocks
from bootmirror.steps.groups import MakeGroup
from bootmirror.steps.mounted_copy import make_sure_of_arrays
from bootmirror.steps.noted_times import COPIES_BEGIN, NoteTime
from bootmirror.steps.places import array_path, device, target_device
from bootmirror.steps.step import Step


class MakeFilesystems(Step):
    """Erases what an earlier try left on the arrays."""

    id = "make-filesystems"
    title = "Make the file systems"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        made = [(f, target_device(plan, machine, f)) for f in plan.filesystems]
        swaps = [(s, swap_device(plan, machine, s)) for s in plan.swaps
                 if s.form is not SwapForm.FILE]
        groups = [(g, array_path(machine, a)) for g in plan.groups for a in plan.arrays
                  if a.partition == g.partition]
        return (
            NoteTime(COPIES_BEGIN, "compared byte by byte in the final copy"),
            UnmountAll(TARGET, needed=tuple(path for _, path in (*made, *groups))),
            MakeSure.of(plan.mirror.find(machine)),
            make_sure_of_arrays(plan, machine),
            no_bad_blocks(plan),
            *(MakeGroup(group, path) for group, path in groups),
            *(
                Command(tuple(FILESYSTEMS[f.kind].mkfs(path, NewFilesystem(
                    f.uuid, _size(plan, f), f.inodes_used, f.features,
                    f.reserved))))
                for f, path in made
            ),
            *(Command(("mkswap", "--uuid", s.uuid, path)) for s, path in swaps),
            Announce((*(path for _, path in made), *(path for _, path in swaps))),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        held = {a.uuid: a.content.uuid for a in machine.arrays if a.content}
        inside = {(g.name, v.name): v.content.uuid for g in machine.volume_groups
                  for v in g.volumes if v.content}
        items: tuple[PlannedFilesystem | PlannedSwap, ...] = (*plan.filesystems, *plan.swaps)
        on_volumes = [item for item in items if item.volume]
        disk = plan.mirror.find(machine)
        swap = {p.content.uuid for p in disk.partitions if p.content}
        return (
            all(held.get(plan.array_of(f).uuid) == f.uuid
                for f in plan.filesystems if not f.volume)
            and all(inside.get((plan.group_of(i).name, i.volume)) == i.uuid
                    for i in on_volumes)
            and all(s.uuid in swap for s in plan.plain_swaps)
            and all(held.get(plan.array_of(s).uuid) == s.uuid
                    for s in plan.swaps if s.form is SwapForm.ARRAY)
        )


def _size(plan: Plan, filesystem: PlannedFilesystem) -> int:
    """Bytes of the device a file system is made on, as far as the plan knows."""
    if filesystem.volume:
        volumes = plan.group_of(filesystem).volumes
        return next(v.size for v in volumes if v.name == filesystem.volume)
    return next(p.size for p in plan.mirror_partitions if p.number == filesystem.partition)


def swap_device(plan: Plan, machine: Machine, swap: PlannedSwap) -> str:
    """What a swap area of the copy is on: the mirror's partition, or its array."""
    if swap.form is SwapForm.VOLUME:
        return mapper_path(plan.group_of(swap).name, swap.volume)
    if swap.form is SwapForm.ARRAY:
        return array_path(machine, plan.array_of(swap))
    return device(plan, machine, Side.MIRROR, swap.partition)
