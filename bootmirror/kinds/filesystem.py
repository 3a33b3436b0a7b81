"""What bootmirror must know of a kind of file system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class NewFilesystem:
    """A file system as it shall be made, after the source's.

    Without its label: until the source is erased the old system may mount by that, and find this.
    """

    uuid: str
    size: int  # bytes of the device
    inodes: int  # that the source has in use
    features: tuple[str, ...]  # of the source (see bootmirror.formats.superblock)
    reserved: float | None = None  # per cent of its blocks that are root's alone; None: not known


def fitting_label(label: str, longest: int) -> str:
    """As much of a label as fits ``longest`` bytes.

    One with control characters was written out where it entered, and became longer.
    """
    return label.encode()[:longest].decode("utf-8", "ignore")


class Filesystem(Protocol):
    """One family of file systems."""

    @property
    def program(self) -> str:
        """The program mkfs needs."""
        ...

    @property
    def grub_module(self) -> str:
        """GRUB's module that reads it."""
        ...

    @property
    def longest_label(self) -> int:
        """Bytes."""
        ...

    def mkfs(self, device: str, new: NewFilesystem) -> list[str]:
        """The command that makes it."""
        ...
