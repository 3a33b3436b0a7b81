"""The facts of a machine: one frozen snapshot. Taking one changes nothing.

Sizes and offsets are bytes unless a name says otherwise. Text that came from a disk, a label or
somebody's file has been cleaned where it entered (bootmirror.host.clean).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

SCHEMA = 1


@dataclass(frozen=True)
class Content:
    """What a block device holds, as blkid sees it: a file system, swap, an md member, LVM, …"""

    kind: str  # blkid's TYPE: ext4, swap, linux_raid_member, LVM2_member, crypto_LUKS, vfat …
    uuid: str = ""
    label: str = ""
    version: str = ""
    features: tuple[str, ...] = ()  # of ext2, ext3, ext4, XFS: as mke2fs and mkfs.xfs name them
    reserved: float | None = None  # of ext2, ext3, ext4: per cent of the blocks, for root alone


@dataclass(frozen=True)
class Partition:
    """A partition of a disk. ``type`` is sfdisk's: MBR hex ("83") or the GPT type's GUID."""

    number: int
    name: str  # kernel name: sda1, nvme0n1p1
    path: str
    start: int
    size: int
    type: str
    bootable: bool = False
    partuuid: str = ""
    label: str = ""  # GPT partition name
    content: Content | None = None
    holders: tuple[str, ...] = ()  # kernel names of what is built on it: md0, dm-0


@dataclass(frozen=True)
class Disk:
    """A whole disk. ``id`` is how bootmirror knows it: never by its /dev/sdX name."""

    name: str
    path: str
    devno: str  # "8:0"
    size: int
    sector_size: int  # logical sector, bytes
    physical_sector_size: int
    model: str = ""
    serial: str = ""
    wwn: str = ""
    by_id: tuple[str, ...] = ()
    by_path: tuple[str, ...] = ()
    transport: str = ""
    removable: bool = False
    read_only: bool = False
    rotational: bool = False
    temperature: int | None = None  # degrees Celsius where the kernel knows it
    table: str = ""  # "dos", "gpt", another label's name, or "" for none
    table_id: str = ""
    pmbr_boot: bool = False  # GPT: the protective MBR's entry is active, as some BIOSes want it
    partitions: tuple[Partition, ...] = ()
    content: Content | None = None  # a signature on the whole disk, outside a partition table
    holders: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()  # which of its ``identities`` another disk of the machine has too

    @property
    def id(self) -> str:
        """What a person types to consent: the serial, else the WWN, else the port (by-path).

        A serial that another disk has too (a RAID controller gives its own to each of its drives,
        an NVMe to each namespace) tells nobody which is meant: then what does.
        """
        return next((name for name in self.identities if name not in self.shared),
                    self.identities[0])

    @property
    def identities(self) -> tuple[str, ...]:
        """What may tell it from other disks, whatever the kernel calls it, the best first.

        All that a plan knows it by is in the last one: who shares that too, is its twin.
        """
        both = "/".join(word for word in (self.serial, self.wwn) if word)
        if not both:
            return (self.by_path[0] if self.by_path else self.name,)
        found = (self.serial, self.wwn, both, f"{both}/{self.size}")
        return tuple(dict.fromkeys(word for word in found if word))

    @property
    def free(self) -> int:
        """Bytes after the last partition that none has; 0 when that is no more than an edge."""
        if self.content is not None:
            return 0
        rest = self.size - max((p.start + p.size for p in self.partitions), default=0)
        return rest if rest >= self.size // 50 else 0

    def partition(self, number: int) -> Partition | None:
        return next((p for p in self.partitions if p.number == number), None)


@dataclass(frozen=True)
class Mount:
    """A mounted file system, from findmnt. ``source`` is a device path or a pseudo name."""

    target: str
    source: str
    fstype: str
    options: str
    devno: str = ""  # "254:1"
    fsroot: str = "/"  # the part of the file system mounted here (bind mounts)
    size: int = 0
    used: int = 0
    inodes_used: int = 0


@dataclass(frozen=True)
class Swap:
    """An active swap area; ``path`` is a device or a file."""

    path: str
    kind: str  # "partition" or "file"
    size: int
    used: int


@dataclass(frozen=True)
class Member:
    """A device in an array. ``slot`` is its place in the mirror, or None (spare, failed)."""

    name: str  # kernel name of the partition or disk
    slot: int | None
    state: str  # as in sysfs: in_sync, faulty, spare, write_mostly …, joined by commas
    bad_blocks: int = 0  # entries of its lists of bad blocks


@dataclass(frozen=True)
class Sync:
    """A resync, recovery, check or reshape under way or waiting."""

    operation: str  # resync recovery check repair reshape
    done: int = 0  # bytes
    total: int = 0  # bytes
    speed: int = 0  # bytes a second
    seconds_left: int | None = None
    waiting: str = ""  # "delayed", "pending" when it has not begun

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True)
class Array:
    """A running md array."""

    name: str  # kernel name: md0
    path: str
    uuid: str  # md's form: 8 hex digits four times, joined by colons; "" if unknown
    level: str  # raid1 …
    metadata: str  # 0.90, 1.0, 1.2
    size: int
    slots: int
    members: tuple[Member, ...] = ()
    state: str = ""  # array_state in sysfs: clean, active, inactive, read-auto …
    sync: Sync | None = None
    mismatches: int = 0
    content: Content | None = None
    holders: tuple[str, ...] = ()  # kernel names of what is built on it: dm-0

    @property
    def working(self) -> int:
        """How many slots hold a member that is in sync."""
        return sum(1 for m in self.members if m.slot is not None and "in_sync" in m.state)

    @property
    def picture(self) -> str:
        """The ``[U_]`` of /proc/mdstat."""
        good = {m.slot for m in self.members if "in_sync" in m.state}
        return "[" + "".join("U" if slot in good else "_" for slot in range(self.slots)) + "]"


@dataclass(frozen=True)
class LogicalVolume:
    """A volume of LVM. ``device`` is its kernel name while it is active."""

    name: str
    uuid: str
    path: str  # /dev/mapper/…
    size: int
    layout: str  # linear, striped, "thin,sparse" …
    device: str = ""
    open: bool = False  # mounted, in use as swap, or held by something else
    origin: str = ""  # of a snapshot
    content: Content | None = None


@dataclass(frozen=True)
class VolumeGroup:
    """A volume group. ``physical`` are its devices' paths; one that is missing has no path."""

    name: str
    uuid: str
    size: int
    extent: int
    physical: tuple[str, ...]
    volumes: tuple[LogicalVolume, ...] = ()


@dataclass(frozen=True)
class Geometry:
    """What a BIOS is told of a disk."""

    cylinders: int
    heads: int
    sectors: int


@dataclass(frozen=True)
class BootLoader:
    """The boot loader this machine boots with."""

    kind: str = ""  # grub-bios, grub-efi, lilo, or "" when none was recognised
    version: str = ""
    install_devices: tuple[str, ...] = ()  # debconf grub-pc/install_devices
    environment: tuple[tuple[str, str], ...] = ()  # grubenv
    directory: str = ""  # UEFI: the boot loader's own, below EFI
    geometry: tuple[tuple[str, Geometry], ...] = ()  # LILO 21: by disk, its path
    writable: bool = True  # UEFI: whether the firmware's boot entries can be changed
    # BIOS: paths of the disks that begin with this boot loader's code; None: not looked at
    on_disks: tuple[str, ...] | None = None

    @property
    def knows_raid(self) -> bool:
        """Whether it reads from RAID-1, and installs on it by itself: LILO 21 and older do not."""
        major = self.version.split(".")[0]
        return self.kind != "lilo" or not major.isdigit() or int(major) > 21


@dataclass(frozen=True)
class Initramfs:
    """What builds the initramfs."""

    tool: str = ""  # initramfs-tools, dracut, or ""
    version: str = ""
    settings: tuple[tuple[str, str], ...] = ()  # MODULES, RESUME … as set in its files
    largest: int = 0  # bytes of the largest image in /boot


@dataclass(frozen=True)
class Machine:
    """One snapshot of a machine's facts."""

    taken_at: float  # seconds since the epoch
    boot_id: str
    hostname: str
    os_name: str
    os_id: str  # ID of os-release: debian
    os_version: str  # VERSION_ID: 12
    kernel: str
    architecture: str
    firmware: str  # bios or uefi
    cmdline: str
    is_root: bool
    environment: str = ""  # "", "container", "live"
    disks: tuple[Disk, ...] = ()
    mounts: tuple[Mount, ...] = ()
    swaps: tuple[Swap, ...] = ()
    arrays: tuple[Array, ...] = ()
    volume_groups: tuple[VolumeGroup, ...] = ()
    mapped: tuple[tuple[str, str], ...] = ()  # path, what it is: crypt, lvm, mpath …
    boot_loader: BootLoader = field(default_factory=BootLoader)
    initramfs: Initramfs = field(default_factory=Initramfs)
    programs: tuple[tuple[str, str], ...] = ()  # name, absolute path or "" when missing
    files: tuple[tuple[str, str], ...] = ()  # path, text, of the configuration files there are
    kernels: tuple[str, ...] = ()  # the installed ones' releases
    writers: tuple[str, ...] = ()  # databases and virtual machines that run (machine/writers.py)
    schema: int = SCHEMA

    def disk(self, wanted: str) -> Disk | None:
        """The disk with this kernel name, path, by-id link or id; None if there is none.

        A serial or a WWN that two disks share names neither; of twins the first is found.
        """
        for disk in self.disks:
            names = {*disk.identities} - {*disk.shared} | {disk.id, disk.name, disk.path}
            if wanted and wanted in names | {*disk.by_id, *disk.by_path}:
                return disk
        return None

    def file(self, path: str) -> str | None:
        """The text of a configuration file, or None where it does not exist."""
        return dict(self.files).get(path)

    def program(self, name: str) -> str:
        """The absolute path of a program, or ""."""
        return dict(self.programs).get(name, "")

    def mount(self, target: str) -> Mount | None:
        """What is visible at a mount point: the last thing mounted there."""
        return next((m for m in reversed(self.mounts) if m.target == target), None)

    def mounts_of(self, devno_or_path: str) -> tuple[Mount, ...]:
        return tuple(m for m in self.mounts if devno_or_path in (m.devno, m.source))

    def array(self, wanted: str) -> Array | None:
        """The array with this kernel name, path or md UUID; names may change at each boot."""
        found = (a for a in self.arrays if wanted and wanted in (a.name, a.path, a.uuid))
        return next(found, None)

    def partitions(self) -> Iterator[tuple[Disk, Partition]]:
        for disk in self.disks:
            for partition in disk.partitions:
                yield disk, partition

    def array_of(self, name: str) -> Array | None:
        """The array that a partition or disk (kernel name) is a member of."""
        return next((a for a in self.arrays if any(m.name == name for m in a.members)), None)
