"""Writing partition tables: the mirror's new one, and the types in the source's own."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import Refused, StepFailed
from bootmirror.host.boot_code import hand_on
from bootmirror.host.host import Host
from bootmirror.host.partitions import NewPartition, read_table, set_types, write_table
from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.tables import TABLES
from bootmirror.machine.model import Disk
from bootmirror.machine.names import partition_path
from bootmirror.plan.model import Plan, PlannedPartition, Side
from bootmirror.sizes import readable

# In a table that is kept: what holds the logical partitions, or boot code.
AS_THEY_ARE = (Role.EXTENDED, Role.BIOS_BOOT, Role.ESP)


@dataclass(frozen=True)
class WriteTable:
    """Give a disk a partition table. With ``keep`` only types and flags of its own change."""

    disk: Disk
    table: str  # lsblk's name
    partitions: tuple[PlannedPartition, ...]
    keep: bool
    hand_on_to: str = ""  # the identifier of the disk that a boot from a new table goes on to
    pmbr_boot: bool = False  # a new GPT's protective MBR is marked active, as the source's

    def describe(self) -> str:
        what = "set the types in" if self.keep else "write"
        parts = "; ".join(
            f"{p.number}: {readable(p.size)} at sector {p.start // 512}, type {p.type}"
            f"{', boot flag' if p.bootable else ''}"
            for p in self._changed()
        )
        code = "" if self.keep else f"; boot code that hands on to the disk {self.hand_on_to}"
        code += "; the protective MBR active" if self.pmbr_boot else ""
        table = f"the {TABLES[self.table].name} partition table of {self.disk.path}"
        return f"{what} {table} (pyparted): {parts}{code}"

    def _changed(self) -> list[PlannedPartition]:
        return [p for p in self.partitions if not self.keep or p.role not in AS_THEY_ARE]

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        disk = (self.disk.path, self.disk.devno, self.disk.size)
        wanted = [new_partition(p) for p in self._changed()]
        try:
            if self.keep:
                set_types(*disk, wanted)
            else:
                write_table(*disk, table=TABLES[self.table].label, partitions=wanted,
                            boot_code=hand_on(self.hand_on_to), pmbr_boot=self.pmbr_boot)
        except Refused as error:  # too late for that word: the disk was wiped before
            raise StepFailed(error.message, error.hint) from error


@dataclass(frozen=True)
class ReadTable:
    """Refuse a disk whose table libparted would not change later, when it is too late for that."""

    path: str
    partitions: tuple[PlannedPartition, ...]

    def describe(self) -> str:
        return f"read the partition table of {self.path} (pyparted)"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        read_table(self.path, [
            new_partition(p) for p in self.partitions if p.role not in AS_THEY_ARE])


def new_partition(planned: PlannedPartition) -> NewPartition:
    """A planned partition, as the partition table's module takes it."""
    return NewPartition(planned.number, planned.start, planned.size, planned.flags, planned.place,
                        planned.label)


def paths_of(plan: Plan, side: Side, disk: Disk, *roles: Role) -> tuple[str, ...]:
    """The partitions of a disk as planned, those with these roles alone."""
    return tuple(partition_path(disk, p.number) for p in plan.partitions(side) if p.role in roles)


def has_layout(plan: Plan, side: Side, disk: Disk) -> bool:
    """Whether a disk's table is the planned one, types and flags included."""
    wanted = [(p.number, p.start, p.size, p.type, p.bootable) for p in plan.partitions(side)]
    found = [(p.number, p.start, p.size, p.type, p.bootable) for p in disk.partitions]
    return disk.table == plan.table and wanted == found
