"""Mounting and unmounting as actions."""

from __future__ import annotations

import contextlib
import os
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.actions.places import OWN
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.formats.mountinfo import MountEntry
from bootmirror.host.elsewhere import unmounting
from bootmirror.host.host import Host
from bootmirror.machine.namespaces import (
    Namespace,
    mounted_elsewhere,
    named,
    numbers_of,
    other_namespaces,
    own_mounts,
    way_out,
)

PAUSE = 0.5  # seconds: whoever looks through a whole machine is gone from ours by then
MOST = 200  # mounts at once: a command may have 2 MiB, and a path 4 KiB
LONGEST = 60.0  # seconds: a path of another namespace may lead to a server that does not answer


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
    """Unmount everything at and below a directory, the deepest first.

    Where nobody else can have mounted anything, in other mount namespaces too: a service that began
    meanwhile has what was mounted then, and would hold its device until it ends.
    """

    directory: str
    needed: tuple[str, ...] = ()  # devices that are wanted next: it fails while others hold one

    def describe(self) -> str:
        return f"unmount everything below {self.directory}"

    def perform(self, host: Host, report: Report) -> None:
        ours = [mount for mount in own_mounts(host) if self._within(mount.target)]
        for mount in reversed(ours):
            host.run(["umount", mount.target])
        if not self.directory.startswith(f"{OWN}/"):
            return
        if left := self._unmount_elsewhere(host, ours):
            report.note(f"{self.directory} is still mounted in the mount namespace of "
                        f"{named(left)}.")
        if self.needed and (holders := mounted_elsewhere(host, self.needed)):
            raise StepFailed(
                f"What {self.directory} was for is still mounted in the mount namespace of "
                f"{named(holders)}.", way_out(holders))

    def _within(self, target: str) -> bool:
        return target == self.directory or target.startswith(f"{self.directory}/")

    def _unmount_elsewhere(
        self, host: Host, ours: Sequence[MountEntry]
    ) -> tuple[Namespace, ...]:
        """Who has something of it after that. What is in use there is not torn away (MNT_DETACH):
        nobody would see it any more, and the device would stay held all the same.

        What is of no device of ours is somebody else's: anybody can mount things in a namespace of
        his own, at any path.
        """
        numbers = {our.devno for our in ours} | numbers_of(host, self.needed)

        def wanted(mount: MountEntry) -> bool:
            # In a container that has the whole machine below /rootfs, say, it is what we had.
            return (self._within(mount.target) and mount.devno in numbers) or any(
                (mount.devno, mount.root) == (our.devno, our.root)
                and mount.target.endswith(our.target) for our in ours)

        left = other_namespaces(host, wanted)
        for pause in (0.0, PAUSE):
            if not left:
                break
            time.sleep(pause)
            for namespace in left:
                last = reversed(namespace.mounts[-MOST:])
                mounts = [(mount.number, mount.target) for mount in last]
                with contextlib.suppress(StepFailed):  # it takes too long; the next look tells
                    host.run(unmounting(namespace.pid, mounts), ok=(0, 1), timeout=LONGEST)
            left = other_namespaces(host, wanted)
        return left
