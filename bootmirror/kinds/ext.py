"""ext2, ext3 and ext4 (mke2fs(8))."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.kinds.filesystem import NewFilesystem

BYTES_PER_INODE = 16_384  # mke2fs.conf's default inode_ratio
MOST_RESERVED = 50.0  # per cent that mke2fs takes
SPARE_INODES = 1.25  # room for the files that come after the copy


@dataclass(frozen=True)
class Ext:
    """One of the three, by its kernel name."""

    kind: str
    grub_module: str = "ext2"
    longest_label: int = 16

    @property
    def program(self) -> str:
        return f"mkfs.{self.kind}"

    def mkfs(self, device: str, new: NewFilesystem) -> list[str]:
        argv = [self.program, "-q", "-F", "-U", new.uuid]
        if new.features:
            # The source's own and no other: the boot loader and the kernel read these today, and
            # a newer mke2fs turns on what an older GRUB cannot read.
            argv += ["-O", ",".join(("none", *new.features))]
        if new.reserved is not None:
            # Else a nearly full one would have no room left for services that are not root.
            argv += ["-m", f"{min(new.reserved, MOST_RESERVED):g}"]
        wanted = int(new.inodes * SPARE_INODES)
        if wanted > new.size // BYTES_PER_INODE:
            # Many small files: mke2fs's own count could run out before the space does.
            argv += ["-N", str(wanted)]
        return [*argv, device]
