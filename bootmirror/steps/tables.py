"""Writing partition tables: the mirror's new one, and the types in the source's own."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import Refused, StepFailed
from bootmirror.host.boot_code import hand_on
from bootmirror.host.host import Host
from bootmirror.host.partitions import NewPartition, retype_mbr, write_mbr
from bootmirror.machine.model import Disk
from bootmirror.plan.layout import partition_path
from bootmirror.plan.model import Plan, PlannedPartition
from bootmirror.plan.sizes import readable


@dataclass(frozen=True)
class WriteTable:
    """Give a disk a partition table. With ``keep`` only types and flags of its own change."""

    disk: Disk
    partitions: tuple[PlannedPartition, ...]
    keep: bool
    hand_on_to: str = ""  # the identifier of the disk that a boot from a new table goes on to

    def describe(self) -> str:
        what = "set the types in" if self.keep else "write"
        parts = "; ".join(
            f"{p.number}: {readable(p.size)} at sector {p.start // 512}, type {p.type}"
            f"{', boot flag' if p.bootable else ''}"
            for p in self.partitions
        )
        code = "" if self.keep else f"; boot code that hands on to the disk {self.hand_on_to}"
        return f"{what} the MBR partition table of {self.disk.path} (pyparted): {parts}{code}"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        disk = (self.disk.path, self.disk.devno, self.disk.size)
        wanted = [
            NewPartition(p.number, p.start, p.size, p.type, p.bootable) for p in self.partitions]
        try:
            if self.keep:
                retype_mbr(*disk, wanted)
            else:
                write_mbr(*disk, wanted, hand_on(self.hand_on_to))
        except Refused as error:  # too late for that word: the disk was wiped before
            raise StepFailed(error.message, error.hint) from error


def paths_of(plan: Plan, disk: Disk) -> tuple[str, ...]:
    """The partitions of a disk as planned."""
    return tuple(partition_path(disk, p.number) for p in plan.partitions)


def has_layout(plan: Plan, disk: Disk) -> bool:
    """Whether a disk's table is the planned one, types and flags included."""
    wanted = [(p.number, p.start, p.size, p.type, p.bootable) for p in plan.partitions]
    found = [(p.number, p.start, p.size, p.type, p.bootable) for p in disk.partitions]
    return disk.table == plan.table and wanted == found
