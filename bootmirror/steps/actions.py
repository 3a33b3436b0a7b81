"""The actions several steps share. Each can be read before, and done again without harm."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.host.identity import make_sure, make_sure_unused
from bootmirror.machine.model import Disk
from bootmirror.steps.places import TARGET
from bootmirror.steps.report import Report


@dataclass(frozen=True)
class Command:
    """A command; ``ok`` are the exit codes that are fine here."""

    argv: tuple[str, ...]
    ok: tuple[int, ...] = (0,)

    def describe(self) -> str:
        return shlex.join(self.argv)

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(self.argv, ok=self.ok)


def command(*argv: str, ok: Sequence[int] = (0,)) -> Command:
    return Command(argv, tuple(ok))


def in_chroot(*argv: str) -> Command:
    """A command of the copied system, run in it."""
    return Command(("chroot", TARGET, *argv))


@dataclass(frozen=True)
class MakeSure:
    """Look once more that a path still is the disk that is meant, just before it is written."""

    path: str
    devno: str
    size: int
    disk_id: str

    @classmethod
    def of(cls, disk: Disk) -> MakeSure:
        return cls(disk.path, disk.devno, disk.size, disk.id)

    def describe(self) -> str:
        return f"make sure that {self.path} still is the disk {self.disk_id} of {self.size} bytes"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        make_sure(self.path, self.devno, self.size)


@dataclass(frozen=True)
class MakeSureUnused:
    """Open a disk and each of its partitions for us alone, as the kernel lets nobody who uses them.

    What no list of mounts shows is found so: a pool's or a volume's member, another namespace.
    """

    paths: tuple[str, ...]

    @classmethod
    def of(cls, disk: Disk) -> MakeSureUnused:
        return cls((disk.path, *(p.path for p in disk.partitions)))

    def describe(self) -> str:
        return f"make sure that nothing uses {' '.join(self.paths)}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        for path in self.paths:
            if host.exists(path):
                make_sure_unused(path)


@dataclass(frozen=True)
class MakeSureOfArrays:
    """Look once more that each path still is the array that is meant: names are given anew."""

    arrays: tuple[tuple[str, str], ...]  # path, md's UUID

    def describe(self) -> str:
        named = ", ".join(f"{path} is the array {uuid}" for path, uuid in self.arrays)
        return f"make sure that {named}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        for path, uuid in self.arrays:
            argv = ["mdadm", "--detail", "--export", path]
            if f"MD_UUID={uuid}" not in host.run(argv, ok=range(256), quiet=True).stdout.split():
                raise StepFailed(
                    f"{path} is not the array {uuid}, or does not run.",
                    "Look at /proc/mdstat; assemble it (mdadm --assemble --scan), then go on.",
                )


@dataclass(frozen=True)
class Announce:
    """Have udev read devices anew: lsblk asks udev, which else remembers what was there before."""

    paths: tuple[str, ...]

    def describe(self) -> str:
        return f"udevadm trigger --settle --action=change {' '.join(self.paths)}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        there = [path for path in self.paths if host.exists(path)]
        if there:
            host.run(["udevadm", "trigger", "--settle", "--action=change", *there], timeout=120)


@dataclass(frozen=True)
class Mount:
    """Mount something, unless it is mounted there already."""

    source: str
    target: str
    options: tuple[str, ...] = ()

    def describe(self) -> str:
        return shlex.join(["mount", *self.options, self.source, self.target])

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.make_directory(self.target)
        if not os.path.ismount(self.target):
            host.run(["mount", *self.options, self.source, self.target])


@dataclass(frozen=True)
class UnmountAll:
    """Unmount everything at and below a directory, the deepest first."""

    directory: str

    def describe(self) -> str:
        return f"unmount everything below {self.directory}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        for target in reversed(_mounted_below(host, self.directory)):
            host.run(["umount", target])


def _mounted_below(host: Host, directory: str) -> list[str]:
    """Mount points at or below a directory in mount order (/proc/self/mounts, proc(5))."""
    lines = (host.read("/proc/self/mounts") or "").splitlines()
    targets = [line.split(" ")[1].replace("\\040", " ") for line in lines]
    return [t for t in targets if t == directory or t.startswith(f"{directory}/")]


@dataclass(frozen=True)
class WriteFile:
    """Replace a file atomically, its original kept beside it once."""

    path: str
    text: str
    why: str

    def describe(self) -> str:
        return f"write {self.path}: {self.why}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if host.read(self.path) != self.text:
            host.write(self.path, self.text, backup=True)


@dataclass(frozen=True)
class StopArrays:
    """Stop every array that lies on one disk alone: its members are about to be erased."""

    disk: str  # kernel name

    def describe(self) -> str:
        return f"mdadm --stop every array that lies on {self.disk} alone"

    def perform(self, host: Host, report: Report) -> None:
        del report
        for name in host.listing("/sys/block"):
            members = [m.removeprefix("dev-") for m in host.listing(f"/sys/block/{name}/md")
                       if m.startswith("dev-")]
            if members and all(self._ours(m) for m in members):
                host.run(["mdadm", "--stop", f"/dev/{name}"])

    def _ours(self, member: str) -> bool:
        rest = member.removeprefix(self.disk)
        return member.startswith(self.disk) and (not rest or rest.lstrip("p").isdigit())


@dataclass(frozen=True)
class Wipe:
    """Remove every signature from a device (superblocks lie at its start and at its end)."""

    path: str

    def describe(self) -> str:
        return f"wipefs --all {self.path}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if not host.exists(self.path):
            return
        for _ in range(3):  # one signature can hide another
            if not host.run(["wipefs", "--all", "--force", self.path]).stdout.strip():
                return
        raise StepFailed(f"{self.path} still shows signatures after three passes of wipefs.",
                         "Something writes to it: look at lsblk and /proc/mdstat.")
