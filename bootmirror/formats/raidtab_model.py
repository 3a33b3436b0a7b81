"""What a raidtab describes: arrays and the disks in them, with their places in the file."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("raid-disk", "spare-disk", "parity-disk", "failed-disk")


@dataclass(frozen=True)
class RaidDisk:
    """A device of an array and its role. ``line`` and ``column`` are those of its name in it."""

    device: str
    role: str  # one of ROLES
    number: int  # slot, or count of the spare; -1 where the file gives no number
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class RaidDev:
    """A section. Missing lines have these defaults; ``line`` is that of its raiddev line."""

    device: str  # /dev/md0
    level: str = ""
    nr_raid_disks: int = 0  # 0 where the file does not say
    nr_spare_disks: int = 0
    persistent_superblock: int = 1
    chunk_size: int | None = None  # KiB
    disks: tuple[RaidDisk, ...] = ()
    line: int = 0
    column: int = 0
    options: tuple[tuple[str, int, int], ...] = ()  # the lines below: keyword, line, column

    def place(self, *keywords: str) -> tuple[int, int]:
        """Line and column of the first of these options there is; else of the raiddev line."""
        places = {keyword: (line, column) for keyword, line, column in self.options}
        return next((places[k] for k in keywords if k in places), (self.line, self.column))

    @property
    def name(self) -> str:
        """The array's short name: md0."""
        return self.device.removeprefix("/dev/")
