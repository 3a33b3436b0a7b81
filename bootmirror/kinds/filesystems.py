"""The file systems bootmirror can make on an array, by blkid's name for them."""

from __future__ import annotations

from typing import Protocol

from bootmirror.kinds.ext import Ext


class Filesystem(Protocol):
    """One family of file systems."""

    def mkfs(self, device: str, *, uuid: str, label: str, size: int, inodes: int) -> list[str]:
        """The command that makes one of ``size`` bytes with room for ``inodes`` files."""
        ...

    def program(self) -> str:
        """The program mkfs needs."""
        ...


FILESYSTEMS: dict[str, Filesystem] = {
    "ext2": Ext("ext2"),
    "ext3": Ext("ext3"),
    "ext4": Ext("ext4"),
}
