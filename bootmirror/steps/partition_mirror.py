"""partition-mirror: the mirror gets the source's layout, with the types of RAID members."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command
from bootmirror.actions.disks import Announce, MakeSure, MakeSureUnused, StopArrays, Wipe
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import ORIGIN, TARGET
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Machine
from bootmirror.plan.model import DiskRef, Plan, Side
from bootmirror.steps.check import LookAgain
from bootmirror.steps.leftovers import ReleaseLeftovers
from bootmirror.steps.step import Step
from bootmirror.steps.tables import WriteTable, paths_of


class PartitionMirror(Step):
    """Erases the mirror.

    No fact shows it done: a table that looks right may have been there before, or lack the boot
    code that hands a BIOS on to the old disk.
    """

    id = "partition-mirror"
    title = "Partition the mirror"

    def erases(self, plan: Plan) -> DiskRef | None:
        return plan.mirror

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        disk, source = plan.mirror.find(machine), plan.source.find(machine)
        old = [p.path for p in disk.partitions]
        new = paths_of(plan, Side.MIRROR, disk, *(r for r in Role if r is not Role.EXTENDED))
        loader = BOOT_LOADERS[plan.boot_loader]
        return (
            UnmountAll(TARGET, needed=(disk.path, *old)),
            UnmountAll(ORIGIN),
            LookAgain(plan),
            # After an earlier try no boot may go on to a mirror that is being made anew.
            *loader.disarm(plan.boot, disk),
            MakeSure.of(disk),
            ReleaseLeftovers(disk.id, own_arrays(plan, machine)),
            StopArrays(disk.name),
            MakeSureUnused.of(disk),
            # Old superblocks at both ends, on partitions and disk: udev would start their arrays.
            *(Wipe(path) for path in old),
            Wipe(disk.path),
            # Until it is confirmed, a BIOS that tries the mirror first must get to the source.
            WriteTable(disk, plan.table, plan.mirror_partitions, keep=False,
                       hand_on_to=source.table_id, pmbr_boot=source.pmbr_boot),
            command("udevadm", "settle"),
            # What an older layout left where the new partitions begin and end.
            StopArrays(disk.name),
            *(Wipe(path) for path in new),
            Announce((disk.path, *new)),
        )


def own_arrays(plan: Plan, machine: Machine) -> tuple[str, ...]:
    """Paths of the arrays that an earlier try of this plan left: what is on them is ours."""
    uuids = {array.uuid for array in plan.arrays}
    return tuple(array.path for array in machine.arrays if array.uuid in uuids)
