"""What the old system wrote after the last copy: saved before its disk is overwritten.

Between the final copy and the moment the machine goes down, services write on: logs, mail, a
database that is stopped. Those files are whole on the old disk alone. They are not put over the
running system's own, which may be newer; they are kept aside, and told.
"""

from __future__ import annotations

import filecmp
import fnmatch
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bootmirror.actions.places import STATE
from bootmirror.actions.report import Report
from bootmirror.errors import NeedsPerson, NotWritten, StepFailed
from bootmirror.host.host import Host
from bootmirror.host.private import replace_private
from bootmirror.host.private_directory import make_private_directory, make_sure_real
from bootmirror.plan.model import Plan
from bootmirror.sizes import readable
from bootmirror.steps.own_files import excludes
from bootmirror.steps.places import by_depth, origin, running

BEGAN = f"{STATE}/final-copy-began"  # seconds since the epoch
KEPT = f"{STATE}/late-files"
MARGIN = 60.0  # seconds: a clock that was set back a little hides nothing
RESERVE = 64 << 20  # bytes left free for the system


@dataclass(frozen=True)
class NoteTime:
    """Write down when the final copy began; the note travels to the new root."""

    def describe(self) -> str:
        return f"note the time in {BEGAN}: what is written later is saved after the first boot"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        try:
            make_private_directory(Path(STATE))
            replace_private(Path(BEGAN), f"{time.time():.0f}\n", lasting=True)
        except OSError as error:
            raise NotWritten(BEGAN, error) from error


@dataclass(frozen=True)
class SaveLateFiles:
    """Keep the late files of every source file system.

    They are mounted below ORIGIN, and those of the system that runs below RUNNING, each by itself.
    """

    plan: Plan

    def describe(self) -> str:
        return f"keep in {KEPT} what the old system wrote after the final copy"

    def perform(self, host: Host, report: Report) -> None:
        since = _since(host)
        late = {
            f.mountpoint: (origin(f), tuple(late_files(
                origin(f), running(f), since, excludes(self.plan, f.mountpoint))))
            for f in by_depth(self.plan)
        }
        size = sum(found.size for _, files in late.values() for found in files)
        number = sum(len(files) for _, files in late.values())
        _room(host, number, size)
        for mountpoint, (source, files) in late.items():
            if files:
                target = f"{KEPT}{mountpoint}".rstrip("/")
                make_place(host, target)
                host.run(
                    ["rsync", "-aHAXS", "--numeric-ids", "--from0", "--files-from=-",
                     f"{source}/", f"{target}/"],
                    stdin="".join(f"{found.path}\0" for found in files),
                )
        if number:
            report.result(f"the machine runs from the mirror; {number} files ({readable(size)}) "
                          f"that the old system wrote after the last copy are kept in {KEPT}")


@dataclass(frozen=True)
class LateFile:
    """One of them: its path from the root of its file system, and the bytes it takes."""

    path: str
    size: int


def late_files(
    source: str, copy: str, since: float, excluded: tuple[str, ...]
) -> Iterator[LateFile]:
    """Files below ``source`` whose inode changed after ``since`` and that are not alike below
    ``copy``; everything in a directory that is not there (one that was renamed, say).

    ``excluded`` are patterns anchored at the file system's root, as in ``own_files``.
    """
    pending = [("", False)]
    device = os.lstat(source).st_dev
    while pending:
        folder, all_new = pending.pop()
        with os.scandir(os.path.join(source, folder)) as entries:  # noqa: PTH118 - any bytes
            for entry in entries:
                path = f"{folder}/{entry.name}".removeprefix("/")
                if any(fnmatch.fnmatchcase(f"/{path}", pattern) for pattern in excluded):
                    continue
                found = entry.stat(follow_symlinks=False)
                there = f"{copy}/{path}"
                if stat.S_ISDIR(found.st_mode):
                    if found.st_dev == device:
                        pending.append((path, all_new or not os.path.isdir(there)))  # noqa: PTH112
                elif stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
                    changed = all_new or found.st_ctime >= since
                    if changed and not _alike(entry.path, found, there):
                        yield LateFile(path, found.st_blocks * 512)


def _alike(path: str, found: os.stat_result, there: str) -> bool:
    """Whether the running system has the same file: its kind, times, rights and content."""
    try:
        other = os.lstat(there)
    except OSError:
        return False
    same = all(
        getattr(found, name) == getattr(other, name)
        for name in ("st_mode", "st_uid", "st_gid", "st_size", "st_mtime_ns")
    )
    if not same:
        return False
    if stat.S_ISLNK(found.st_mode):
        return os.readlink(path) == os.readlink(there)  # noqa: PTH115 - any bytes
    return filecmp.cmp(path, there, shallow=False)


def make_place(host: Host, target: str) -> None:
    """Where late files go: ours alone, and no step on the way there a link. Raises Refused.

    Below KEPT directories have the owners and modes of the old system's.
    """
    make_private_directory(Path(KEPT))
    for directory in (Path(target), *Path(target).parents):
        if directory.is_relative_to(KEPT):
            make_sure_real(directory)
    host.make_directory(target, 0o700)


def _since(host: Host) -> float:
    text = host.read(BEGAN) or ""
    try:
        return float(text) - MARGIN
    except ValueError:
        raise StepFailed(
            f"{BEGAN} does not say when the final copy began.",
            "Write the time of the reboot there, in seconds since 1970 (date +%s), and go on.",
        ) from None


def _room(host: Host, number: int, size: int) -> None:
    """Raises NeedsPerson when the late files do not fit."""
    use = host.usage(STATE)
    free = use.f_bavail * use.f_frsize if use else 0
    if size + RESERVE > free:
        raise NeedsPerson(
            f"The old system wrote {number} files ({readable(size)}) after the last copy, and only "
            f"{readable(free)} are free to keep them.",
            "Make room, then go on. The old disk still has them all; nothing of it is erased yet.",
        )
