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
from bootmirror.actions.places import ORIGIN
from bootmirror.actions.report import Report
from bootmirror.errors import FellBack, NeedsPerson
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.automounts import ask_for_mounts
from bootmirror.steps.first_boot import explain_fallback, root_on_array, wrong_mounts
from bootmirror.steps.first_boot_units import RemoveUnits
from bootmirror.steps.late_files import save_late_files
from bootmirror.steps.mounted_copy import activate_old
from bootmirror.steps.places import by_depth, origin, source_device
from bootmirror.steps.step import Step

RUNS = "the machine runs from the mirror"


@dataclass(frozen=True)
class Confirm:
    """Look where / is mounted from: whether this is the mirror's system."""

    plan: Plan

    def describe(self) -> str:
        return "look whether / is mounted from its array"

    def perform(self, host: Host, report: Report) -> None:
        machine = inspect(host)
        if not root_on_array(self.plan, machine):
            wrong = wrong_mounts(self.plan, machine)
            raise FellBack(
                f"The machine does not run from the mirror: {'; '.join(wrong)}. "
                f"{explain_fallback(host, self.plan)}",
                "The old disk is untouched. Try again, or undo.",
            )
        report.result(RUNS)


@dataclass(frozen=True)
class AllMounted:
    """Every other converted file system is on its array too."""

    plan: Plan

    def describe(self) -> str:
        return "look whether every other converted file system is mounted from its array"

    def perform(self, host: Host, report: Report) -> None:
        del report
        ask_for_mounts(host, self.plan)
        wrong = wrong_mounts(self.plan, inspect(host))
        if wrong:
            raise NeedsPerson(
                f"The machine runs from the mirror, and stays on it, but {'; '.join(wrong)}.",
                "Mount it as fstab says (mount --all), then go on.",
            )


@dataclass(frozen=True)
class OldDiskGone:
    """The old disk is not here: its loader cannot be told, nor its last files kept."""

    name: str

    def describe(self) -> str:
        return f"stop until the old disk ({self.name}) is here again"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        raise NeedsPerson(
            f"The machine runs from the mirror, and boots from it now; the old disk ({self.name}) "
            "is not here.",
            "Attach it, then go on: what was written after the last copy is on it alone, and until "
            "then it would boot the old system.",
        )


class ConfirmFirstBoot(Step):
    """On the old disk only the boot loader's variable changes."""

    id = "confirm-first-boot"
    title = "Confirm the first boot"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        loader, mirror = BOOT_LOADERS[plan.boot_loader], plan.mirror.find(machine)
        boots_itself = (MakeSure.of(mirror), *loader.install(plan.boot, mirror),
                        *loader.tell_package_meanwhile((mirror,)))
        if not plan.source.is_on(machine):
            return (Confirm(plan), AllMounted(plan), *boots_itself, OldDiskGone(plan.source.name))
        files = next((f for f in plan.filesystems if f.mountpoint == "/boot"), plan.root)
        home = origin(files)
        return (
            Confirm(plan),
            UnmountAll(ORIGIN),
            *activate_old(plan),
            Mount(source_device(plan, machine, files), home),
            *loader.stay(plan.boot, plan.source.find(machine), home + plan.boot.directory),
            UnmountAll(ORIGIN),
            AllMounted(plan),
            *boots_itself,
            *save_late_files(plan, machine, by_depth(plan), f"{RUNS}; "),
            # This may run in one of them: last of all.
            RemoveUnits(),
        )
