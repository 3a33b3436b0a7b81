"""ext2, ext3 and ext4 (mke2fs(8))."""

from __future__ import annotations

from dataclasses import dataclass

BYTES_PER_INODE = 16_384  # mke2fs.conf's default inode_ratio
SPARE_INODES = 1.25  # room for the files that come after the copy


@dataclass(frozen=True)
class Ext:
    """One of the three, by its kernel name."""

    kind: str

    def program(self) -> str:
        return f"mkfs.{self.kind}"

    def mkfs(self, device: str, *, uuid: str, label: str, size: int, inodes: int) -> list[str]:
        argv = [self.program(), "-q", "-F", "-U", uuid]
        if label:
            argv += ["-L", label]
        wanted = int(inodes * SPARE_INODES)
        if wanted > size // BYTES_PER_INODE:
            # Many small files: mke2fs's own count could run out before the space does.
            argv += ["-N", str(wanted)]
        return [*argv, device]
