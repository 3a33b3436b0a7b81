"""A practice machine, described: its release, firmware, disk, file systems and how it boots.

A scenario's file holds the description of its machine; everything below image/ builds from it.
Sizes are in MiB.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MIB = 1 << 20
SOURCE_SERIAL = "PM-0001-A"
MIRROR_SERIAL = "PM-0002-B"
DISK_ID = "b0075eed"

# What a partition may hold beside a file system with a mount point.
SWAP, ESP, BIOS_BOOT, EXTENDED, LVM = "swap", "esp", "bios-boot", "extended", "lvm"


@dataclass(frozen=True)
class Part:
    """A partition of the source disk, or a logical volume."""

    holds: str  # a mount point, or one of the words above
    mib: int
    kind: str = "ext4"
    label: str = ""
    named: str = "UUID"  # in fstab: UUID, LABEL, PARTUUID, by-id, by-path, or "path"
    options: str = ""  # in fstab; "": what Debian's installer writes
    logical: bool = False
    volume: str = ""  # the logical volume's name

    @property
    def is_filesystem(self) -> bool:
        return self.holds.startswith("/")


ROOT = Part("/", 2048)
BOOT = Part("/boot", 256)
SWAP_PART = Part(SWAP, 128)
ESP_PART = Part(ESP, 64, kind="vfat")
BIOS_BOOT_PART = Part(BIOS_BOOT, 2)


@dataclass(frozen=True)
class Spec:
    """One practice machine."""

    name: str
    parts: tuple[Part, ...] = (BOOT, ROOT, SWAP_PART)
    suite: str = "bookworm"
    table: str = "dos"  # or "gpt"
    boot: str = "grub-pc"  # or "grub-efi", "grub-efi-signed"
    tool: str = "initramfs-tools"  # or "dracut"
    bus: str = "scsi"  # or "sata", "nvme", "virtio"
    group: str = ""  # the volume group on the partition that holds "lvm"
    volumes: tuple[Part, ...] = ()
    swap_file: int = 0
    fstab_lines: tuple[str, ...] = ()
    packages: tuple[str, ...] = field(default=())  # beside those every machine has

    @property
    def uefi(self) -> bool:
        return self.boot.startswith("grub-efi")

    @property
    def disk_bytes(self) -> int:
        """A MiB before the first partition, before each logical one, and at the end."""
        logical = sum(1 for part in self.parts if part.logical)
        sizes = sum(part.mib for part in self.parts if part.holds != EXTENDED)
        return (1 + sizes + logical + 1) * MIB

    @property
    def filesystems(self) -> tuple[Part, ...]:
        """What is mounted and converted, / first."""
        found = [part for part in (*self.parts, *self.volumes) if part.is_filesystem]
        return tuple(sorted(found, key=lambda part: (part.holds.count("/"), len(part.holds))))

    @property
    def mounts(self) -> tuple[str, ...]:
        return tuple(part.holds for part in self.filesystems)

    def number(self, part: Part) -> int:
        """The partition's number: logical ones of an MBR begin at 5."""
        if part.logical:
            logical = [p for p in self.parts if p.logical]
            return 5 + logical.index(part)
        return 1 + [p for p in self.parts if not p.logical].index(part)

    def uuid(self, part: Part) -> str:
        """The same each time the image is built."""
        if part in self.volumes:
            number = 0x40 + self.volumes.index(part)
        else:
            number = self.parts.index(part) + 1
        if part.kind == "vfat":
            return f"B007-{number:04X}"
        return f"{DISK_ID}-{number:04x}-4000-8000-{number:012x}"

    def partuuid(self, part: Part) -> str:
        number = self.number(part)
        if self.table == "dos":
            return f"{DISK_ID}-{number:02x}"
        return f"{DISK_ID}-aaaa-4000-8000-{number:012x}"


PRACTICE = Spec("debian12-bios-grub")
