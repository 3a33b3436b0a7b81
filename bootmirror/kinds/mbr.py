"""The MBR partition table ("dos"), with primary and logical partitions."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Partition

PRIMARY = 4  # the highest number of a primary partition
EXTENDED_LBA = "f"
EXTENDED = ("5", EXTENDED_LBA, "85")
TYPES = {Role.MEMBER: "fd", Role.SWAP: "82", Role.ESP: "ef"}
FLAGS = {Role.MEMBER: ("raid",), Role.SWAP: ("swap",), Role.ESP: ("esp",)}


class Mbr:
    """Four primary partitions at most; one of them may be extended and hold logical ones."""

    name = "MBR"
    label = "msdos"

    def tail(self, sector: int) -> int:
        del sector
        return 0

    def role(self, partition: Partition) -> Role | None:
        if partition.type in EXTENDED:
            return Role.EXTENDED
        return Role.ESP if partition.type == TYPES[Role.ESP] else None

    def type(self, role: Role, now: str) -> str:
        if role is Role.EXTENDED:
            # libparted writes these two; 85 is Linux's own name for the first.
            return EXTENDED_LBA if now == EXTENDED_LBA else EXTENDED[0]
        return TYPES[role]

    def flags(self, role: Role, type_code: str, bootable: bool) -> tuple[str, ...]:
        kind = ("lba",) if type_code == EXTENDED_LBA else FLAGS.get(role, ())
        return (*kind, "boot") if bootable else kind

    def place(self, partition: Partition) -> str:
        if partition.type in EXTENDED:
            return "extended"
        return "logical" if partition.number > PRIMARY else "primary"

    def bootable(self, disk: Disk) -> frozenset[int]:
        marked = {p.number for p in disk.partitions if p.bootable}
        plain = [p.number for p in disk.partitions if p.type not in EXTENDED]
        # Some BIOSes start no disk without an active partition.
        return frozenset(marked or {min(plain, default=1)})

    def refusals(self, disk: Disk) -> Iterator[Refusal]:
        numbers = sorted(p.number for p in disk.partitions if p.number <= PRIMARY)
        if numbers != list(range(1, len(numbers) + 1)):
            yield self._numbering(disk, f"are numbered {', '.join(map(str, numbers))}: a new table "
                                  "cannot leave a number out")
        logical = [p for p in disk.partitions if p.number > PRIMARY]
        if [p.number for p in sorted(logical, key=lambda p: p.start)] != [
                p.number for p in sorted(logical, key=lambda p: p.number)]:
            yield self._numbering(disk, "are not numbered as they lie on the disk: a new table "
                                  "numbers logical partitions in that order")

    def _numbering(self, disk: Disk, why: str) -> Refusal:
        return Refusal("numbering", f"The partitions of {disk.name} {why}.",
                       f"Number them anew (sfdisk --reorder {disk.path}), mend what names them, "
                       "and reboot.")
