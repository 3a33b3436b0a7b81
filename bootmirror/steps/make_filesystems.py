"""make-filesystems: on each array the kind its source file system is, and swap on the mirror."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command
from bootmirror.actions.disks import Announce, MakeSure
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import TARGET
from bootmirror.kinds.filesystems import FILESYSTEMS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, Side
from bootmirror.steps.mounted_copy import make_sure_of_arrays
from bootmirror.steps.places import array_path, device
from bootmirror.steps.step import Step


class MakeFilesystems(Step):
    """Erases what an earlier try left on the arrays."""

    id = "make-filesystems"
    title = "Make the file systems"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        sizes = {p.number: p.size for p in plan.partitions}
        arrays = [(array, array_path(machine, array)) for array in plan.arrays]
        swaps = [(s, device(plan, machine, Side.MIRROR, s.partition)) for s in plan.swaps]
        return (
            UnmountAll(TARGET),
            MakeSure.of(plan.mirror.find(machine)),
            make_sure_of_arrays(plan, machine),
            *(
                Command(tuple(FILESYSTEMS[a.filesystem.kind].mkfs(
                    path,
                    uuid=a.filesystem.uuid,
                    label=a.filesystem.label,
                    size=sizes[a.filesystem.source_partition],
                    inodes=a.filesystem.inodes_used,
                )))
                for a, path in arrays
            ),
            *(Command(("mkswap", "--uuid", s.mirror_uuid, path)) for s, path in swaps),
            Announce((*(path for _, path in arrays), *(path for _, path in swaps))),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        held = {a.uuid: a.content.uuid for a in machine.arrays if a.content}
        disk = plan.mirror.find(machine)
        swap = {p.content.uuid for p in disk.partitions if p.content}
        return all(held.get(a.uuid) == a.filesystem.uuid for a in plan.arrays) and all(
            s.mirror_uuid in swap for s in plan.swaps)
