"""Undo: while the source is whole, the mirror is made blank and the boot entry removed."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.disks import Announce, Blank, MakeSure, MakeSureUnused, StopArrays, Wipe
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import ORIGIN, TARGET
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.model import DiskRef, Plan
from bootmirror.steps.leftovers import ReleaseLeftovers
from bootmirror.steps.partition_mirror import own_arrays


def undo_actions(plan: Plan, machine: Machine) -> tuple[Action, ...]:
    """What an undo does, in order: the boot entry first, so that no reboot lands on a half mirror.

    Where the mirror is gone, all but what is done to it. Raises Refused when it may be two disks.
    """
    loader = BOOT_LOADERS[plan.boot_loader]
    gone = not plan.mirror.is_on(machine)
    mirror = as_it_was(plan.mirror) if gone else plan.mirror.find(machine)
    parts = tuple(p.path for p in mirror.partitions)
    unmounted = (
        *loader.disarm(plan.boot, mirror),
        *loader.remove_entry(plan.boot),
        UnmountAll(TARGET, needed=parts),
        UnmountAll(ORIGIN),
    )
    if gone:
        arrays = own_arrays(plan, machine)
        return (*unmounted, *(StopArray(path) for path in arrays), NotBlank(plan.mirror.name))
    return (
        *unmounted,
        MakeSure.of(mirror),
        ReleaseLeftovers(mirror.id, own_arrays(plan, machine)),
        StopArrays(mirror.name),
        MakeSureUnused.of(mirror),
        *(Wipe(path) for path in parts),
        Wipe(mirror.path),
        Blank.of(mirror),
        Announce((mirror.path, *parts)),
    )


@dataclass(frozen=True)
class StopArray:
    """Stop what is left of an array whose disk is gone; it may not be there any more."""

    path: str

    def describe(self) -> str:
        return f"mdadm --stop {self.path}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(["mdadm", "--stop", self.path], ok=range(256))


@dataclass(frozen=True)
class NotBlank:
    """The mirror could not be made blank; where a conversion is planned onto it, it will be."""

    name: str

    def describe(self) -> str:
        return f"leave {self.name} as it is: it is not here"

    def perform(self, host: Host, report: Report) -> None:
        del host
        report.result(f"{self.name} was not here and is not blank")


def as_it_was(mirror: DiskRef) -> Disk:
    """The mirror for what has its name and id alone, such as the firmware's boot entries."""
    return Disk(mirror.name, "", "", mirror.size, 0, 0, mirror.model, mirror.serial, mirror.wwn,
                by_path=(mirror.by_path,) if mirror.by_path else ())
