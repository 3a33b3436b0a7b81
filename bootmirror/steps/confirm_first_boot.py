"""confirm-first-boot: the machine must run from the arrays; else it says why it does not.

From here on the mirror is the system: the old disk's boot loader goes on to it at every boot, and
the mirror's own boot sector is written. That comes first: whatever keeps the rest from being done,
no reboot may bring the old system back, which lacks what is written from now on. Then what the old
system wrote after the last copy is saved.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.disks import MakeSure
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import ORIGIN, RUNNING
from bootmirror.actions.report import Report
from bootmirror.errors import FellBack, NeedsPerson
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.first_boot import explain_fallback, root_on_array, wrong_mounts
from bootmirror.steps.first_boot_units import RemoveUnits
from bootmirror.steps.groups import Activate
from bootmirror.steps.late_files import SaveLateFiles
from bootmirror.steps.places import by_depth, origin, running, source_device
from bootmirror.steps.step import Step


@dataclass(frozen=True)
class Confirm:
    """Look where every file system of the plan is mounted from."""

    plan: Plan

    def describe(self) -> str:
        return "look whether /, and every other converted file system, is mounted from its array"

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        wrong = wrong_mounts(self.plan, machine)
        if wrong and root_on_array(self.plan, machine):
            raise NeedsPerson(
                f"The machine runs from the mirror, but {'; '.join(wrong)}.",
                "Mount it as fstab says (mount --all), then go on.",
            )
        if wrong:
            raise FellBack(
                f"The machine does not run from the mirror: {'; '.join(wrong)}. "
                f"{explain_fallback(host, self.plan)}",
                "The old disk is untouched. Try again, or undo.",
            )
        report.result("the machine runs from the mirror")


class ConfirmFirstBoot(Step):
    """On the old disk only the boot loader's variable changes."""

    id = "confirm-first-boot"
    title = "Confirm the first boot"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        mounts = [(source_device(plan, machine, f), origin(f)) for f in by_depth(plan)]
        loader, mirror = BOOT_LOADERS[plan.boot_loader], plan.mirror.find(machine)
        files = next((f for f in plan.filesystems if f.mountpoint == "/boot"), plan.root)
        home = origin(files)
        boot_device = next(path for path, where in mounts if where == home)
        return (
            Confirm(plan),
            UnmountAll(ORIGIN),
            *(Activate(g.source_name, g.source_uuid) for g in plan.groups),
            Mount(boot_device, home),
            *loader.stay(plan.boot, plan.source.find(machine), home + plan.boot.directory),
            UnmountAll(ORIGIN),
            MakeSure.of(mirror),
            *loader.install(plan.boot, mirror),
            *(Mount(path, where, ("-o", "ro")) for path, where in mounts),
            *(Mount(f.mountpoint, running(f), ("--bind", "--make-private"))
              for f in by_depth(plan)),
            SaveLateFiles(plan),
            UnmountAll(RUNNING),
            UnmountAll(ORIGIN),
            # This may run in one of them: last of all.
            RemoveUnits(),
        )
