"""How the devices of a plan are found again, and where their file systems are mounted.

Kernel names change between boots: disks are found by identity, arrays by UUID.
"""

from __future__ import annotations

from bootmirror.actions.places import ORIGIN, RUNNING
from bootmirror.errors import StepFailed
from bootmirror.machine.model import Machine
from bootmirror.plan.layout import partition_path
from bootmirror.plan.model import Plan, PlannedArray, Side


def device(plan: Plan, machine: Machine, side: Side, number: int) -> str:
    """The path of a partition of one of the two disks, today. Raises Refused."""
    return partition_path(plan.disk(side).find(machine), number)


def array_path(machine: Machine, array: PlannedArray) -> str:
    """The array's path today; the planned one while it does not run yet."""
    running = machine.array(array.uuid)
    return running.path if running else array.device


def running_array(machine: Machine, array: PlannedArray) -> str:
    """The array's path today. Raises StepFailed when it does not run."""
    running = machine.array(array.uuid)
    if running is None or running.state == "inactive":
        raise StepFailed(
            f"The array for {array.filesystem.mountpoint} ({array.uuid}) does not run.",
            "Assemble it (mdadm --assemble --scan), then go on.",
        )
    return running.path


def by_depth(plan: Plan) -> list[PlannedArray]:
    """The arrays in the order their file systems are mounted: / first, then what lies in it."""
    return sorted(plan.arrays, key=lambda a: (a.filesystem.mountpoint.count("/"),
                                              len(a.filesystem.mountpoint)))


def origin(array: PlannedArray) -> str:
    """Where the bare tree of an array's source file system is mounted."""
    return f"{ORIGIN}/{array.filesystem.source_partition}"


def running(array: PlannedArray) -> str:
    """Where the bare tree of an array's file system is mounted, once the system runs from it."""
    return f"{RUNNING}/{array.filesystem.source_partition}"
