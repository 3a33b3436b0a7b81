"""partition-source: the old disk's partitions become RAID members. The way back ends here.

What is on the old disk alone is kept first, once more: the old system may have run since the first
boot was confirmed.

Before its old system is gone the old disk gets the array's boot loader: whichever disk the BIOS
tries first then boots the mirror. Its table is changed in place, so boot code and gap stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command, command
from bootmirror.actions.disks import Announce, MakeSure, MakeSureUnused, StopArrays, WipeClaimed
from bootmirror.actions.label import SetLabel
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import ORIGIN, RUNNING
from bootmirror.actions.report import Report
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.filesystem import fitting_label
from bootmirror.kinds.filesystems import FILESYSTEMS
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import partition_path
from bootmirror.plan.model import DiskRef, Plan, PlannedFilesystem, Side
from bootmirror.steps.arrived import no_bad_blocks
from bootmirror.steps.automounts import ask_for_mounts
from bootmirror.steps.first_boot import wrong_mounts
from bootmirror.steps.groups import Deactivate
from bootmirror.steps.late_files import save_late_files
from bootmirror.steps.mounted_copy import activate_old
from bootmirror.steps.places import by_depth, target_device
from bootmirror.steps.read_back_mirror import WAY_BACK
from bootmirror.steps.step import Step
from bootmirror.steps.tables import WriteTable, has_layout, paths_of

PARTLY = (
    "An earlier try has erased a part of the old disk; what is left there stays. Mount that (mount "
    "-o ro) and save what you miss, back the system up, and put a new disk in the mirror's place: "
    "dmesg and /sys/block/md*/md/dev-*/bad_blocks name what fails.")


@dataclass(frozen=True)
class RunsFromMirror:
    """Refuse unless every file system is on its array and nothing uses the old disk."""

    plan: Plan

    def describe(self) -> str:
        return "make sure that the machine runs from the mirror and nothing is mounted from the " \
               "old disk"

    def perform(self, host: Host, report: Report) -> None:
        del report
        ask_for_mounts(host, self.plan)
        machine = inspect(host)
        disk = self.plan.source.find(machine)
        own = {disk.path, *(p.path for p in disk.partitions)}
        wrong = [*wrong_mounts(self.plan, machine),
                 *(f"{m.source} is mounted on {m.target}" for m in machine.mounts
                   if m.source in own)]
        if wrong:
            raise Refused(f"The old disk is still needed: {'; '.join(wrong)}.",
                          "Unmount it, or boot from the mirror, then go on.")


@dataclass(frozen=True)
class SwapOff:
    """Stop using a partition as swap, where it is in use."""

    path: str

    def describe(self) -> str:
        return f"swapoff {self.path}, where it is in use"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if self.path in {swap.path for swap in inspect(host).swaps}:
            host.run(["swapoff", self.path])


class PartitionSource(Step):
    """Erases the source."""

    id = "partition-source"
    title = "Make the old disk a member"
    after_reboot = True

    def erases(self, plan: Plan) -> DiskRef | None:
        return plan.source

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        disk = plan.source.find(machine)
        paths = paths_of(plan, Side.SOURCE, disk, Role.MEMBER, Role.SWAP)
        loader = BOOT_LOADERS[plan.boot_loader]
        plain = [(s, partition_path(disk, s.partition)) for s in plan.plain_swaps]
        used = [partition_path(disk, s.partition) for s in plan.swaps if s.partition]
        return (
            *loader.release(plan.boot),
            # Where a try that was cut off has left the old disk mounted.
            UnmountAll(RUNNING),
            UnmountAll(ORIGIN, needed=(disk.path, *paths)),
            RunsFromMirror(plan),
            *(_saved(plan, machine, left) if (left := _left(plan, disk)) else ()),
            *(Deactivate(g.source_name, g.source_uuid) for g in plan.groups),
            *(SwapOff(path) for path in used),
            MakeSure.of(disk),
            *loader.take_over(plan.boot, disk),
            *loader.tell_package_meanwhile((disk, plan.mirror.find(machine))),
            StopArrays(disk.name),
            MakeSure.of(disk),
            WipeClaimed(tuple(paths), (
                *(Deactivate(g.source_name, g.source_uuid) for g in plan.groups),
                MakeSureUnused.of(disk))),
            # Two file systems of one label, and the old system could have mounted the mirror's.
            *(SetLabel(f.mountpoint, fitting_label(f.label, FILESYSTEMS[f.kind].longest_label))
              for f in plan.filesystems if f.label),
            WriteTable(disk, plan.table, plan.source_partitions, keep=True),
            command("udevadm", "settle"),
            *(Command(("mkswap", "--uuid", s.source_uuid, path)) for s, path in plain),
            Announce((disk.path, *paths,
                      *(target_device(plan, machine, f) for f in plan.filesystems if f.label))),
        )

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        disk = plan.source.find(machine)
        swap = {s.partition: s.source_uuid for s in plan.plain_swaps}
        members = {a.partition for a in plan.arrays}
        return has_layout(plan, Side.SOURCE, disk) and all(
            p.content is not None and p.content.uuid == swap[p.number] if p.number in swap
            else p.content is None or p.content.kind == "linux_raid_member"
            for p in disk.partitions
            if p.number in swap or p.number in members
        )


def _left(plan: Plan, disk: Disk) -> list[PlannedFilesystem]:
    """The old system's file systems that no try before has erased, the outermost first."""
    held = {p.number for p in disk.partitions
            if p.content is not None and p.content.kind != "linux_raid_member"}
    return [f for f in by_depth(plan) if f.partition in held]


def _saved(
    plan: Plan, machine: Machine, left: Sequence[PlannedFilesystem]
) -> tuple[Action, ...]:
    """Keep what is on these alone; not while md knows of bad sectors, where they are needed."""
    groups = activate_old(plan) if any(f.volume for f in left) else ()
    whole = len(left) == len(plan.filesystems)
    return (no_bad_blocks(plan, WAY_BACK if whole else PARTLY), *groups,
            *save_late_files(plan, machine, left))
