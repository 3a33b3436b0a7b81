"""Actions on whole devices: being sure of them, letting go of them, wiping them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import CommandFailed, Refused, StepFailed
from bootmirror.host.host import Host
from bootmirror.host.identity import claimed, held, make_sure, make_sure_unused
from bootmirror.machine.model import Disk
from bootmirror.machine.namespaces import mounted_elsewhere, named, way_out

PATIENCE = 20.0  # seconds for what takes a device up again and again, as udev may
BLKRRPART = 0x125F  # linux/fs.h: _IO(0x12, 95)


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
                try:
                    make_sure_unused(path)
                except Refused as error:
                    error.hint = _who_holds(host, self.paths) or error.hint
                    raise


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
                self._stop(host, f"/dev/{name}")

    @staticmethod
    def _stop(host: Host, path: str) -> None:
        try:
            host.run(["mdadm", "--stop", path])
        except CommandFailed as error:
            error.hint = _who_holds(host, (path,)) or (
                f"Something still uses {path}: look at lsblk, free it, then go on.")
            raise

    def _ours(self, member: str) -> bool:
        rest = member.removeprefix(self.disk)
        return member.startswith(self.disk) and (not rest or rest.lstrip("p").isdigit())


@dataclass(frozen=True)
class Blank:
    """Write zeros over a disk's first mebibyte, and have the kernel read it anew.

    Without its signature a first sector with boot code is still something: Linux takes it for the
    partition table of an Atari, and makes partitions of what it says.
    """

    path: str
    devno: str
    size: int

    @classmethod
    def of(cls, disk: Disk) -> Blank:
        return cls(disk.path, disk.devno, disk.size)

    def describe(self) -> str:
        return f"write zeros over the first mebibyte of {self.path}"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        with held(self.path, self.devno, self.size) as handle:
            os.pwrite(handle, bytes(1 << 20), 0)
            os.fsync(handle)
            fcntl.ioctl(handle, BLKRRPART)


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


@dataclass(frozen=True)
class WipeClaimed:
    """Wipe partitions while nobody else can take one up.

    udev reads a disk anew that was written to, and LVM's rules take up the group they find: in the
    midst of the wiping its volumes would lie on what is gone, and hold the disk until a reboot.
    """

    paths: tuple[str, ...]
    let_go: tuple[Action, ...]  # what it takes before each try

    def describe(self) -> str:
        wipes = "; ".join(Wipe(path).describe() for path in self.paths)
        before = "; ".join(action.describe() for action in self.let_go)
        return f"{wipes} (each try after: {before})"

    def perform(self, host: Host, report: Report) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                for action in self.let_go:
                    action.perform(host, report)
                with contextlib.ExitStack() as claims:
                    for path in filter(host.exists, self.paths):
                        claims.enter_context(claimed(path))
                    for path in self.paths:
                        Wipe(path).perform(host, report)
            except Refused as error:
                if time.monotonic() > until:
                    error.hint = _who_holds(host, self.paths) or error.hint
                    raise
                time.sleep(1.0)
            else:
                return


def _who_holds(host: Host, paths: Sequence[str]) -> str:
    """The way out where others have the devices mounted; "" where none of them is found."""
    holders = mounted_elsewhere(host, paths)
    if not holders:
        return ""
    return f"It is mounted in the mount namespace of {named(holders)}. {way_out(holders)}"
