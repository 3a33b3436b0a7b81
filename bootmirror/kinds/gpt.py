"""The GUID partition table (UEFI specification 2.10, chapter 5)."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Partition

TYPES = {
    Role.MEMBER: "a19d880f-05fc-4d3b-a006-743f0f84911e",
    Role.SWAP: "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f",
    Role.ESP: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
    Role.BIOS_BOOT: "21686148-6449-6e6f-744e-656564454649",
}
ENTRIES = 128 * 128  # bytes, in whole sectors: 32 of 512 bytes, 4 of 4096
FLAGS = {Role.MEMBER: "raid", Role.SWAP: "swap", Role.ESP: "esp", Role.BIOS_BOOT: "bios_grub"}


class Gpt:
    """Every partition a primary one; a copy of the table lies at the disk's end."""

    name = "GPT"
    label = "gpt"

    def tail(self, sector: int) -> int:
        return ENTRIES + sector  # the header

    def role(self, partition: Partition) -> Role | None:
        return next((role for role in (Role.ESP, Role.BIOS_BOOT)
                     if partition.type == TYPES[role]), None)

    def type(self, role: Role, now: str) -> str:
        del now
        return TYPES[role]

    def flags(self, role: Role, type_code: str, bootable: bool) -> tuple[str, ...]:
        del type_code, bootable
        return (FLAGS[role],)

    def place(self, partition: Partition) -> str:
        del partition
        return "primary"

    def bootable(self, disk: Disk) -> frozenset[int]:
        del disk
        return frozenset()  # "active" belongs to the MBR

    def refusals(self, disk: Disk) -> Iterator[Refusal]:
        numbers = [p.number for p in sorted(disk.partitions, key=lambda p: p.number)]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Refusal("numbering", f"The partitions of {disk.name} are numbered "
                          f"{', '.join(map(str, numbers))}: a new table cannot leave a number out.",
                          f"Number them anew (sfdisk --reorder {disk.path}), mend what names them, "
                          "and reboot.")
