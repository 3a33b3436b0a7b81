"""copy-system: everything on the source's file systems goes onto the arrays."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import TARGET, in_copy
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, SwapForm
from bootmirror.steps.arrived import all_arrived, no_bad_blocks
from bootmirror.steps.copying import Copy, FirstCopy
from bootmirror.steps.mounted_copy import (
    activate_new,
    copy_mounts,
    make_sure_of_arrays,
    mount_origins,
)
from bootmirror.steps.own_files import state_excludes
from bootmirror.steps.places import by_depth, origin
from bootmirror.steps.step import Step
from bootmirror.steps.swap_file import MakeSwapFile


class CopySystem(Step):
    """The long copy, made while the machine works."""

    id = "copy-system"
    title = "Copy the system"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        # The root first: it makes the directories the others are mounted on.
        # None is mounted yet: what lies hidden below a mount point must not go over what is there.
        # What an earlier try wrote, and had not asked for when it failed.
        before = all_arrived(plan, where_mounted=True)
        steps: list[Action] = [*mount_origins(plan), before, UnmountAll(TARGET),
                               make_sure_of_arrays(plan, machine), *activate_new(plan),
                               no_bad_blocks(plan)]
        mounts = copy_mounts(plan, machine)
        for filesystem, mount in zip(by_depth(plan), mounts, strict=True):
            where = filesystem.mountpoint
            copy = Copy(origin(filesystem), in_copy(where), state_excludes(plan, where),
                        delete=True, shown=where)
            steps += [mount, FirstCopy(copy)]
        files = [MakeSwapFile(in_copy(s.path), s.size, s.uuid) for s in plan.swaps
                 if s.form is SwapForm.FILE]
        return (*steps, *files, all_arrived(plan))
