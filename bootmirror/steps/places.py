"""How the devices of a plan are found again, and where their file systems are mounted.

Kernel names change between boots: disks are found by identity, arrays by UUID.
"""

from __future__ import annotations

from bootmirror.actions.places import ORIGIN, RUNNING
from bootmirror.machine.model import Machine
from bootmirror.machine.names import partition_path
from bootmirror.plan.model import Plan, PlannedArray, PlannedFilesystem, Side
from bootmirror.plan.names import mapper_path
from bootmirror.steps.told_arrays import not_running


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
        raise not_running(machine, f"The array for {array.holds} ({array.uuid})")
    return running.path


def target_device(plan: Plan, machine: Machine, filesystem: PlannedFilesystem) -> str:
    """What a file system of the copy is mounted from, today."""
    if filesystem.volume:
        return mapper_path(plan.group_of(filesystem).name, filesystem.volume)
    return array_path(machine, plan.array_of(filesystem))


def source_device(plan: Plan, machine: Machine, filesystem: PlannedFilesystem) -> str:
    """What its forerunner on the source is mounted from, today. Raises Refused."""
    if filesystem.volume:
        return mapper_path(plan.group_of(filesystem).source_name, filesystem.volume)
    return device(plan, machine, Side.SOURCE, filesystem.partition)


def by_depth(plan: Plan) -> list[PlannedFilesystem]:
    """The file systems in the order they are mounted: / first, then what lies in it."""
    return sorted(plan.filesystems, key=lambda f: (f.mountpoint.count("/"), len(f.mountpoint)))


def origin(filesystem: PlannedFilesystem) -> str:
    """Where the bare tree of its forerunner on the source is mounted."""
    return f"{ORIGIN}/{_place(filesystem)}"


def running(filesystem: PlannedFilesystem) -> str:
    """Where its own bare tree is mounted, once the system runs from it."""
    return f"{RUNNING}/{_place(filesystem)}"


def _place(filesystem: PlannedFilesystem) -> str:
    volume = f"-{filesystem.volume}" if filesystem.volume else ""
    return f"{filesystem.partition}{volume}"
