"""final-copy: the short second pass, for what changed since the first."""

from __future__ import annotations

from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.copying import Copy
from bootmirror.steps.late_files import NoteTime
from bootmirror.steps.mounted_copy import mount_copy, mount_origins
from bootmirror.steps.own_files import excludes
from bootmirror.steps.places import by_depth, in_copy, origin
from bootmirror.steps.step import Action, Step


class FinalCopy(Step):
    """Just before the reboot; what bootmirror made in the copy is left alone."""

    id = "final-copy"
    title = "Copy what changed meanwhile"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        return (
            NoteTime(),
            *mount_origins(plan),
            *mount_copy(plan, machine),
            *(
                Copy(origin(a), in_copy(a.filesystem.mountpoint),
                     excludes(plan, a.filesystem.mountpoint), delete=True,
                     shown=a.filesystem.mountpoint)
                for a in by_depth(plan)
            ),
        )
