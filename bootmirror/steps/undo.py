"""Undo: while the source is whole, the mirror is made blank and the boot entry removed."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.disks import Announce, Blank, MakeSure, MakeSureUnused, StopArrays, Wipe
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import ORIGIN, TARGET
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.leftovers import ReleaseLeftovers
from bootmirror.steps.partition_mirror import own_arrays


def undo_actions(plan: Plan, machine: Machine) -> tuple[Action, ...]:
    """What an undo does, in order: the boot entry first, so that no reboot lands on a half mirror.

    Raises Refused when the mirror is gone.
    """
    mirror = plan.mirror.find(machine)
    loader = BOOT_LOADERS[plan.boot_loader]
    parts = tuple(p.path for p in mirror.partitions)
    return (
        *loader.disarm(plan.boot, mirror),
        *loader.remove_entry(plan.boot),
        UnmountAll(TARGET),
        UnmountAll(ORIGIN),
        MakeSure.of(mirror),
        ReleaseLeftovers(mirror.id, own_arrays(plan, machine)),
        StopArrays(mirror.name),
        MakeSureUnused.of(mirror),
        *(Wipe(path) for path in parts),
        Wipe(mirror.path),
        Blank.of(mirror),
        Announce((mirror.path, *parts)),
    )
