"""What a boot loader is told of a conversion, and what a check of it found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Boot:
    """Where the copy's kernel and root will be, part of the plan."""

    root: str  # the kernel's root=, as the boot loader's own menu writes it
    old_root: tuple[str, ...]  # not for the copy's menu: the old root's UUID, then its other names
    files_uuid: str  # of the file system that holds /boot
    files_kind: str  # its kind, by blkid's name
    directory: str  # /boot's path in it: "" when it is mounted there itself, else "/boot"
    array: str  # the array it lies on, as the raidtab names it ("" while that has an error)
    metadata: str  # that array's
    table: str  # the disks' partition table, by lsblk's name
    volume: bool = False  # whether it is a logical volume on the array
    esp: int = 0  # the number of the EFI system partition on both disks; 0: there is none
    esp_uuid: str = ""  # the volume id that both disks' shall have
    esp_label: str = ""
    esp_directory: str = ""  # the boot loader's, below EFI
    architecture: str = ""  # as uname says it
    words: tuple[str, ...] = ()  # what the initramfs wants on the kernel's command line
    first_words: tuple[str, ...] = ()  # what it wants there for the first boot alone
    kernel: str = ""  # its release
    loader_knows_raid: bool = True  # LILO 21 does not
    names: tuple[tuple[str, str], ...] = ()  # the two disks' ids, and their kernel names then
    root_uuid: str = ""  # of the root's file system, by which a menu may call its entries


@dataclass(frozen=True)
class Setting:
    """A settings file of the boot loader: what bootmirror proposes for the copy."""

    path: str
    purpose: str
    text: str
    like: str = ""  # the file it is made after: a new one gets its mode and owner


@dataclass(frozen=True)
class Entry:
    """The one-shot first boot as a file: on the source disk, or on the mirror."""

    path: str
    text: str
    purpose: str
    on_source: bool
    like: str = ""  # the file it is made after, as a setting's


@dataclass(frozen=True)
class Started:
    """What an entry of the boot menu starts: a kernel and its initramfs images, by their paths,
    and the words on the kernel's command line."""

    kernel: str
    images: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One point of verify: what was looked at, whether it holds, and what was found."""

    name: str
    ok: bool
    detail: str
    advice: str  # what to do when it does not hold, a sentence
