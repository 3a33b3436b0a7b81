"""EFI system partitions: one on each disk, with the same files, never in an array.

Firmware may write to its partition, and knows no arrays. In the end both have one volume id, so the
line in fstab that mounts /boot/efi is right whichever disk is left. It is a new one: until the old
disk joins, neither system may take the other's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command, command
from bootmirror.actions.disks import Announce
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot
from bootmirror.machine.model import Disk
from bootmirror.machine.names import partition_path

MOUNTED = "/boot/efi"
PLACE = "/run/bootmirror/esp"  # where one is mounted that is being looked at or written
OTHER = "/run/bootmirror/esp-other"
REMOVABLE = "EFI/BOOT"  # what a firmware starts from a disk it has no entry for
UNALIKE = frozenset(("grubenv",))  # GRUB writes to it at a boot
# FAT has no owners and rights: without "quiet" it refuses to be told of them.
# What mkfs.vfat (dosfstools 4.2) takes as a label on any code page. Another is left out: nothing
# finds the partition by it.
_LABEL = re.compile(r"[A-Za-z0-9_ #$%&'()@^`{}~!-]{1,11}", re.ASCII)
WRITABLE = ("-o", "quiet")
# Sectors from which on mkfs.vfat's FAT32 has the 65525 clusters that make it one (33 MiB). Left to
# itself it makes FAT16 of anything below 512 MiB, which not every firmware reads.
FAT32_SECTORS = 67_584
# rsync minds upper and lower case, FAT does not.
_NOT_REMOVABLE = "--exclude=/[Ee][Ff][Ii]/[Bb][Oo][Oo][Tt]"


def esp_path(disk: Disk, boot: Boot) -> str:
    return partition_path(disk, boot.esp)


def make_esp(disk: Disk, boot: Boot) -> tuple[Action, ...]:
    """A new one with the running one's files, but nothing that a firmware would start by itself."""
    path = esp_path(disk, boot)
    return (
        UnmountAll(PLACE),
        MakeFat(boot, path),
        Announce((path,)),
        Mount(path, PLACE, WRITABLE),
        # FAT keeps times to two seconds, and neither owners nor rights.
        Command(("rsync", "--recursive", "--times", "--modify-window=2",
                 _NOT_REMOVABLE, f"{MOUNTED}/", f"{PLACE}/")),
        UnmountAll(PLACE),
    )


@dataclass(frozen=True)
class MakeFat:
    """Make the file system: FAT32 wherever the partition is large enough for that."""

    boot: Boot
    path: str

    def describe(self) -> str:
        return f"{' '.join(self._argv(['-F', '32']))} (without -F 32 where it is too small)"

    def _argv(self, kind: list[str]) -> list[str]:
        label = ["-n", self.boot.esp_label] if _LABEL.fullmatch(self.boot.esp_label) else []
        return ["mkfs.vfat", *kind, "-i", self.boot.esp_uuid.replace("-", ""), *label, self.path]

    def perform(self, host: Host, report: Report) -> None:
        del report
        told = host.run(["lsblk", "--nodeps", "--noheadings", "--bytes", "--output",
                         "SIZE,LOG-SEC", self.path], quiet=True).stdout.split()
        size, sector = (int(number) for number in told)
        large = size >= FAT32_SECTORS * sector
        host.run(self._argv(["-F", "32"] if large else []))


@dataclass(frozen=True)
class HaveEsp:
    """Make a disk's anew, unless it has our volume id: the old disk's, once nothing needs it."""

    boot: Boot
    path: str

    def describe(self) -> str:
        return f"{MakeFat(self.boot, self.path).describe()}, unless it has that id already"

    def perform(self, host: Host, report: Report) -> None:
        argv = ["blkid", "--probe", "--match-tag", "UUID", "--output", "value", self.path]
        if host.run(argv, ok=(0, 2), quiet=True).stdout.strip() != self.boot.esp_uuid:
            MakeFat(self.boot, self.path).perform(host, report)
            Announce((self.path,)).perform(host, report)


@dataclass(frozen=True)
class MountOwn:
    """Mount /boot/efi as fstab says, unless it is mounted."""

    def describe(self) -> str:
        return f"mount {MOUNTED}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if not os.path.ismount(MOUNTED):
            host.run(["mount", MOUNTED])


def release() -> tuple[Action, ...]:
    """Both have one volume id: either may be the one that is mounted now."""
    return (UnmountAll(MOUNTED), UnmountAll(PLACE))


@dataclass(frozen=True)
class MakeAlike:
    """Give the one mounted at PLACE the EFI directory of the one at OTHER."""

    def describe(self) -> str:
        return " ".join(self._argv())

    def _argv(self) -> list[str]:
        return ["rsync", "--recursive", "--times", "--modify-window=2", "--delete",
                f"{OTHER}/EFI/", f"{PLACE}/EFI/"]

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(self._argv())


def make_alike(source: str, target: str) -> tuple[Action, ...]:
    """Copy the boot loaders' directory from one partition to another."""
    return (
        UnmountAll(PLACE), UnmountAll(OTHER),
        Mount(target, PLACE, WRITABLE), Mount(source, OTHER, ("-o", "ro")),
        MakeAlike(),
        UnmountAll(OTHER), UnmountAll(PLACE), command("sync"),
    )


def differences(host: Host, paths: Sequence[str], directory: str) -> tuple[str, ...]:
    """Files that are not alike on two partitions, or lacking on both, by their paths.

    Both are mounted to be read. Raises StepFailed.
    """
    try:
        one, other = (_to_be_read(host, *pair) for pair in zip(paths, (PLACE, OTHER), strict=True))
        loader_in(one, directory)
        names = host.listing(f"{one}/{REMOVABLE}")
        lacking = [] if any(_removable(name) for name in names) else [REMOVABLE]
        return tuple(sorted({*lacking, *_unlike(host, one, other)}))
    finally:
        for place in (PLACE, OTHER):
            if os.path.ismount(place):
                host.run(["umount", place], quiet=True)


def _to_be_read(host: Host, path: str, place: str) -> str:
    """Where a partition is mounted; the kernel does not mount read-only what is written to."""
    for line in (host.read("/proc/self/mounts") or "").splitlines():
        source, target, *_ = line.split(" ")
        if source == path and target == MOUNTED:
            return target
    host.make_directory(place)
    if os.path.ismount(place):
        host.run(["umount", place])
    host.run(["mount", "-o", "ro", path, place], quiet=True)
    return place


def _removable(name: str) -> bool:
    return name.upper().startswith("BOOT") and name.upper().endswith(".EFI")


def _unlike(host: Host, one: str, other: str) -> Iterator[str]:
    places = [f"{place}/EFI" for place in (one, other)]
    names = {name for place in places for name in host.files_below(place)}
    for name in names:
        if name.rsplit("/", 1)[-1] not in UNALIKE and not host.alike(
                *(f"{place}/{name}" for place in places)):
            yield f"EFI/{name}"


def loader_in(place: str, directory: str) -> str:
    """The name of what a boot entry starts: shim where it is installed, which starts GRUB.

    Raises StepFailed.
    """
    for pattern in ("shim*.efi", "grub*.efi"):
        found = sorted(Path(place, "EFI", directory).glob(pattern))
        if found:
            return found[0].name
    raise StepFailed(f"There is no boot loader in EFI/{directory} of the EFI system partition.",
                     "Look at what grub-install said.")
