"""Mounting and unmounting as actions."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host


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
