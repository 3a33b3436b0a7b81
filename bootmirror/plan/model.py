"""A plan: what will be built and written, made by a pure function from facts and choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bootmirror.errors import Refused
from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.kinds.boot import Boot, Entry
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Disk, Machine, Partition
from bootmirror.plan.choices import Choices

SCHEMA = 2
SWAP = "swap"  # what an array of swap holds


class Side(StrEnum):
    """The two disks of a conversion."""

    SOURCE = "source"
    MIRROR = "mirror"


@dataclass(frozen=True)
class DiskRef:
    """A disk as a plan remembers it: enough to know it again under any name."""

    id: str
    serial: str
    wwn: str
    by_path: str
    size: int
    model: str
    name: str  # its kernel name when the plan was made; for reading, never for finding

    @classmethod
    def of(cls, disk: Disk) -> DiskRef:
        by_path = disk.by_path[0] if disk.by_path else ""
        return cls(disk.id, disk.serial, disk.wwn, by_path, disk.size, disk.model, disk.name)

    def matches(self, disk: Disk) -> bool:
        if disk.size != self.size:
            return False
        if self.serial or self.wwn:
            return disk.serial == self.serial and disk.wwn == self.wwn
        return self.by_path in disk.by_path if self.by_path else disk.name == self.name

    def is_on(self, machine: Machine) -> bool:
        """Whether it is on this machine today, be it twice."""
        return any(self.matches(disk) for disk in machine.disks)

    def find(self, machine: Machine) -> Disk:
        """The disk on this machine today.

        Raises Refused when it is absent, or when two disks answer to the same identity.
        """
        found = [disk for disk in machine.disks if self.matches(disk)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(disk.name for disk in found)
            raise Refused(
                f"{names} answer to the same identity {self.id}.",
                "Detach one of them; bootmirror will not guess which is meant.",
            )
        then = "" if self.name == self.id else f"then {self.name}, "
        raise Refused(
            f"The disk {self.id} ({then}{self.model}) is not on this machine.",
            "Attach it again, or look at its cable; then start bootmirror again.",
        )


@dataclass(frozen=True)
class PlannedPartition:
    """A partition as it will be. ``start`` and ``size`` in bytes."""

    number: int
    start: int
    size: int
    type: str  # sfdisk's type code
    bootable: bool
    role: Role
    flags: tuple[str, ...] = ()  # what makes it that type (see bootmirror.host.partitions)
    place: str = "primary"  # or "extended", "logical"
    label: str = ""  # its name in a GPT


@dataclass(frozen=True)
class PlannedMember:
    """A partition of one of the two disks (by number), and its slot in the array."""

    side: Side
    partition: int
    slot: int


@dataclass(frozen=True)
class PlannedSpare:
    """A blank partition of a third disk that takes the place of a half that dies."""

    partuuid: str
    path: str  # when the plan was made; for reading, never for finding

    def find(self, machine: Machine) -> Partition | None:
        """That partition as it is called now; None when it is gone, or two claim to be it."""
        found = [p for disk in machine.disks for p in disk.partitions
                 if p.partuuid == self.partuuid]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class PlannedArray:
    """An array as the raidtab describes it, of the partitions with one number on both disks."""

    device: str  # /dev/md0
    uuid: str  # md's form
    metadata: str
    members: tuple[PlannedMember, ...]
    holds: str  # for people: a mount point, or "swap"
    spares: tuple[PlannedSpare, ...] = ()

    @property
    def partition(self) -> int:
        return self.members[0].partition

    def member(self, side: Side) -> PlannedMember:
        return next(m for m in self.members if m.side == side)


@dataclass(frozen=True)
class PlannedFilesystem:
    """The file system made on an array, after the one it takes over from."""

    kind: str
    uuid: str
    label: str
    mountpoint: str
    source_uuid: str
    partition: int  # its number on the source, and so its array's
    used: int  # bytes in use on the source when the plan was made
    inodes_used: int
    features: tuple[str, ...] = ()
    volume: str = ""  # the logical volume, where its array holds a volume group
    reserved: float | None = None  # per cent of its blocks kept for root; None: as mkfs does


class SwapForm(StrEnum):
    """What swap is on."""

    PARTITION = "partition"  # one on each disk
    ARRAY = "array"
    FILE = "file"  # in a file system that is copied
    VOLUME = "volume"  # a logical volume on an array


@dataclass(frozen=True)
class PlannedSwap:
    """Swap after the conversion."""

    form: SwapForm
    uuid: str  # the mirror's, the array's, the new file's
    source_uuid: str = ""  # the source partition's own, which it keeps
    partition: int = 0
    path: str = ""  # of a file
    size: int = 0  # of a file, bytes
    volume: str = ""
    old_names: tuple[str, ...] = ()  # what fstab may call the source's volume


@dataclass(frozen=True)
class PlannedVolume:
    """A linear logical volume. One of a group ``gives`` what md takes of the partition."""

    name: str
    size: int
    gives: bool = False


@dataclass(frozen=True)
class PlannedGroup:
    """A volume group on an array, after the source's own."""

    name: str
    source_name: str
    source_uuid: str
    partition: int
    extent: int
    volumes: tuple[PlannedVolume, ...]


@dataclass(frozen=True)
class ConfigFile:
    """A configuration file of the plan, as an editor pane shows it.

    ``current`` is today's text (None: there is no such file yet), ``generated`` what bootmirror
    proposes, ``text`` what will be written: the generated text or the user's.
    """

    path: str
    purpose: str
    current: str | None
    generated: str
    text: str
    complaints: tuple[Complaint, ...] = ()
    effects: tuple[str, ...] = ()  # what follows from the text, e.g. the mdadm commands
    editable: bool = True  # False: it follows from the rest, and the fall-back hangs on it
    like: str = ""  # the file it is made after: a new one gets its mode and owner

    @property
    def edited(self) -> bool:
        return self.text != self.generated

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def errors(self) -> tuple[Complaint, ...]:
        return tuple(c for c in self.complaints if c.severity is Severity.ERROR)


@dataclass(frozen=True)
class Plan:
    """All of a conversion, as approved. ``facts`` are those it stands on (see fingerprint)."""

    id: str
    made_with: str  # bootmirror's version
    hostname: str
    choices: Choices
    source: DiskRef
    mirror: DiskRef
    table: str  # "dos" or "gpt", see bootmirror.kinds.tables
    source_partitions: tuple[PlannedPartition, ...]
    mirror_partitions: tuple[PlannedPartition, ...]
    arrays: tuple[PlannedArray, ...]
    filesystems: tuple[PlannedFilesystem, ...]
    swaps: tuple[PlannedSwap, ...]
    configs: tuple[ConfigFile, ...]
    boot_loader: str  # the kind, see bootmirror.kinds.boot_loaders
    boot: Boot
    entry: Entry  # the one-shot first boot
    initramfs: str
    kernel: str
    fingerprint: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[PlannedGroup, ...] = ()
    warnings: tuple[str, ...] = ()
    schema: int = SCHEMA

    def disk(self, side: Side) -> DiskRef:
        return self.source if side is Side.SOURCE else self.mirror

    def config(self, path: str) -> ConfigFile:
        """The configuration file with this path or this name."""
        return next(c for c in self.configs if path in (c.path, c.name))

    @property
    def errors(self) -> Sequence[tuple[ConfigFile, Complaint]]:
        """What bars the plan from being applied."""
        return [(config, c) for config in self.configs for c in config.errors]

    def partitions(self, side: Side) -> tuple[PlannedPartition, ...]:
        """The partitions of one of the two disks, by number."""
        return self.source_partitions if side is Side.SOURCE else self.mirror_partitions

    def array_of(self, item: PlannedFilesystem | PlannedSwap) -> PlannedArray:
        """The array a file system or a swap area lies on."""
        return next(a for a in self.arrays if a.partition == item.partition)

    def group_of(self, item: PlannedFilesystem | PlannedSwap) -> PlannedGroup:
        """The volume group a file system or a swap area lies in."""
        return next(g for g in self.groups if g.partition == item.partition)

    @property
    def plain_swaps(self) -> tuple[PlannedSwap, ...]:
        """Swap areas that are partitions of their own, one on each disk."""
        return tuple(s for s in self.swaps if s.form is SwapForm.PARTITION)

    @property
    def root(self) -> PlannedFilesystem:
        found = next((f for f in self.filesystems if f.mountpoint == "/"), None)
        if found is None:
            raise Refused("The plan has no array for the root file system.")
        return found
