"""What bootmirror must know of a kind of partition table, and what its partitions are for."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Partition


class Role(StrEnum):
    """What a partition of the mirrored machine is for."""

    MEMBER = "member"  # of an array
    SWAP = "swap"  # plain, one on each disk
    ESP = "esp"  # EFI system partition, one on each disk
    BIOS_BOOT = "bios-boot"  # GRUB's core image on a GPT disk
    EXTENDED = "extended"  # holds the logical partitions of an MBR


class TableKind(Protocol):
    """One kind of table, by the name lsblk gives it."""

    @property
    def name(self) -> str:
        """As people call it."""
        ...

    @property
    def label(self) -> str:
        """libparted's name for it."""
        ...

    def tail(self, sector: int) -> int:
        """Bytes at the end of a disk with such sectors that belong to the table."""
        ...

    def role(self, partition: Partition) -> Role | None:
        """What a partition is for, where its type alone says it."""
        ...

    def type(self, role: Role, now: str) -> str:
        """sfdisk's code of the type for a role; ``now`` is what the source's partition has."""
        ...

    def flags(self, role: Role, type_code: str, bootable: bool) -> tuple[str, ...]:
        """libparted's flags that make it that type (see bootmirror.host.partitions.FLAGS)."""
        ...

    def place(self, partition: Partition) -> str:
        """"primary", "extended" or "logical"."""
        ...

    def bootable(self, disk: Disk) -> frozenset[int]:
        """The numbers of the partitions that shall carry the boot flag."""
        ...

    def refusals(self, disk: Disk) -> Iterator[Refusal]:
        """Why a source with such a table cannot be given to a mirror alike."""
        ...
