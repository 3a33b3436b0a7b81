"""XFS (mkfs.xfs(8))."""

from __future__ import annotations

from bootmirror.kinds.filesystem import NewFilesystem

# What newer versions of mkfs.xfs turn on by themselves and an older GRUB cannot read: told to be as
# on the source. Named as mkfs.xfs's option letter wants it.
METADATA = ("bigtime", "inobtcount", "reflink", "rmapbt", "finobt")
INODES = ("sparse", "nrext64")


class Xfs:
    """The kernel's XFS, with checksums (version 5)."""

    program = "mkfs.xfs"
    grub_module = "xfs"
    longest_label = 12

    def mkfs(self, device: str, new: NewFilesystem) -> list[str]:
        argv = [self.program, "-q", "-f", "-m", ",".join((f"uuid={new.uuid}", *self._as_on(
            METADATA, new)))]
        if "crc" in new.features:
            argv += ["-i", ",".join(self._as_on(INODES, new))]
        return [*argv, device]

    def _as_on(self, names: tuple[str, ...], new: NewFilesystem) -> list[str]:
        if "crc" not in new.features:
            # Version 4, whose features have no bits of their own: made anew it becomes version 5.
            return []
        return [f"{name}={int(name in new.features)}" for name in names]
