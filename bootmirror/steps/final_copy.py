"""final-copy: the short second pass, for what changed since the first."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.places import in_copy
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, PlannedFilesystem
from bootmirror.steps.arrived import all_arrived
from bootmirror.steps.carried_state import carry_state
from bootmirror.steps.compare_again import CompareAgain
from bootmirror.steps.copying import Copy
from bootmirror.steps.file_flags import ClearFlags, KeepFlags
from bootmirror.steps.mounted_copy import leave_chroot, mount_copy, mount_origins
from bootmirror.steps.noted_times import FINAL_COPY_BEGAN, NoteTime
from bootmirror.steps.own_files import excludes, mounts_below
from bootmirror.steps.places import by_depth, origin
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class SameKernels:
    """Refuse to finish a copy whose initramfs was built for other kernels than there are now.

    The copy's boot directory is left out of the second pass: a kernel that came meanwhile would be
    in the menu later without an initramfs that knows the arrays.
    """

    def describe(self) -> str:
        return "make sure that no kernel was installed or removed since the system was copied"

    def perform(self, host: Host, report: Report) -> None:
        del report
        here, copied = (
            {name for name in host.listing(boot) if name.startswith("vmlinuz-")}
            for boot in ("/boot", in_copy("/boot"))
        )
        if here != copied:
            raise StepFailed(
                f"Kernels came or went since the system was copied: "
                f"{', '.join(sorted(here ^ copied))}.",
                "Undo, and make a new plan: the new copy then holds today's kernels.",
            )


class FinalCopy(Step):
    """Just before the reboot; what bootmirror made in the copy is left alone."""

    id = "final-copy"
    title = "Copy what changed meanwhile"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        return (
            # Made once more, it finds the boot armed: no boot may take a copy in the making.
            *BOOT_LOADERS[plan.boot_loader].disarm(plan.boot, plan.mirror.find(machine)),
            *mount_origins(plan),
            *leave_chroot(),  # a step that was cut off may have left it
            *mount_copy(plan, machine),
            *carry_state(),
            SameKernels(),
            NoteTime(FINAL_COPY_BEGAN, "saved after the first boot"),
            *(action for f in by_depth(plan) for action in _brought_up_to_date(plan, f)),
            all_arrived(plan),
        )


def _brought_up_to_date(plan: Plan, filesystem: PlannedFilesystem) -> tuple[Action, ...]:
    where = filesystem.mountpoint
    source, target = origin(filesystem), in_copy(where)
    own = (*excludes(plan, where), *mounts_below(plan, where))
    copy = Copy(source, target, own, delete=True, shown=where)
    return (
        ClearFlags(target),
        copy,
        CompareAgain(copy),
        KeepFlags(source, target, own),
    )
