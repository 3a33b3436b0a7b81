"""Mounting the copy, and the bare source file systems beside it: what several steps begin with."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.disks import MakeSureOfArrays
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import TARGET, in_copy
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.groups import Activate
from bootmirror.steps.places import array_path, by_depth, origin, target_device

FOR_CHROOT = ("/dev", "/proc", "/sys", "/run")


def mount_copy(plan: Plan, machine: Machine) -> list[Action]:
    """The arrays' file systems as one tree below TARGET."""
    mounts = copy_mounts(plan, machine)
    return [make_sure_of_arrays(plan, machine), *activate_new(plan), *mounts]


def activate_new(plan: Plan) -> list[Action]:
    """The new volume groups' volumes, which a reboot may have left alone."""
    return [Activate(group.name, "") for group in plan.groups]


def activate_old(plan: Plan) -> list[Action]:
    """The old disk's volume groups, once the machine runs from the mirror."""
    return [Activate(group.source_name, group.source_uuid) for group in plan.groups]


def copy_mounts(plan: Plan, machine: Machine) -> list[Action]:
    """The mounts of that tree, one an array, / first.

    Services with mounts of their own share /run, and so get the first of these. Private, nothing
    that is mounted below it reaches them: they let it go when we do, and hold no array. One that
    begins while all is mounted has it for itself, until UnmountAll unmounts it there.
    """
    return [
        Mount(target_device(plan, machine, filesystem), in_copy(filesystem.mountpoint),
              ("--make-private",))
        for filesystem in by_depth(plan)
    ]


def make_sure_of_arrays(plan: Plan, machine: Machine) -> Action:
    """What has to come before anything is mounted from an array or made on it."""
    return MakeSureOfArrays(
        tuple((array_path(machine, array), array.uuid) for array in plan.arrays))


def mount_origins(plan: Plan) -> list[Action]:
    """Each source file system by itself: also what lies hidden below other mount points."""
    return [
        Mount(filesystem.mountpoint, origin(filesystem), ("--bind", "--make-private"))
        for filesystem in by_depth(plan)
    ]


def mount_for_chroot() -> list[Action]:
    """What the copy's own programs need around them, without what is mounted below each."""
    return [Mount(path, TARGET + path, ("--bind", "--make-private")) for path in FOR_CHROOT]


def leave_chroot() -> list[Action]:
    """Undo that: a copy made below these mounts would write into the running system's own /dev."""
    return [UnmountAll(TARGET + path) for path in FOR_CHROOT]
