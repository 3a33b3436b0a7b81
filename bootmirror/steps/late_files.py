"""What the old system wrote after the last copy: saved before its disk is overwritten.

Between the final copy and the moment the machine goes down, services write on: logs, mail, a
database that is stopped. And the old system may have run once more since, as the mirror was not
found at one boot, or somebody chose it. Those files are whole on the old disk alone. They are not
put over the running system's own, which may be newer; they are kept aside, and told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootmirror.actions.action import Action
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import ORIGIN, RUNNING, STATE
from bootmirror.actions.report import Report
from bootmirror.errors import NO_ROOM, CommandFailed, NeedsPerson, StepFailed
from bootmirror.host.host import Host
from bootmirror.host.private_directory import make_private_directory, make_sure_real
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, PlannedFilesystem
from bootmirror.sizes import readable
from bootmirror.steps.copying import (
    BATCH,
    FROM_LIST,
    PARTIAL,
    files_not_copied,
    listed,
    told_files,
)
from bootmirror.steps.late_walk import LateFile, batches, late_files, opened
from bootmirror.steps.noted_times import FINAL_COPY_BEGAN, noted
from bootmirror.steps.own_files import configs_on, excludes
from bootmirror.steps.places import origin, running, source_device

KEPT = f"{STATE}/late-files"
RESERVE = 64 << 20  # bytes left free for the system
RESERVE_INODES = 2_000  # likewise; the directories on the way to late files take of them, too
UNREAD = ("The machine runs from the mirror and stays on it. The old disk's file systems are "
          f"mounted read-only below {ORIGIN}: save what can be read there, remount them (mount -o "
          "remount,rw), remove what cannot, then go on.")


@dataclass
class _Amount:
    """Of late files; each comes right behind the others of its directory."""

    files: int = 0
    directories: int = 0
    size: int = 0  # bytes
    _last: str | None = None

    def add(self, found: LateFile) -> None:
        directory = found.path.rpartition("/")[0]
        self.directories += directory != self._last
        self.files, self.size, self._last = self.files + 1, self.size + found.size, directory

    def __str__(self) -> str:
        return f"{self.files} files ({readable(self.size)})"


@dataclass(frozen=True)
class SaveLateFiles:
    """Keep the late files of these source file systems.

    They are mounted below ORIGIN, and those of the system that runs below RUNNING, each by itself.
    """

    plan: Plan
    filesystems: tuple[PlannedFilesystem, ...]
    before: str = ""  # what else there is to tell, in front of that

    def describe(self) -> str:
        return f"keep in {KEPT} what the old system wrote after the final copy"

    def perform(self, host: Host, report: Report) -> None:
        try:
            self._save(host, report)
        except OSError as error:
            raise StepFailed(
                f"The old disk's files cannot be looked through: {error.strerror}.", UNREAD
            ) from error

    def _save(self, host: Host, report: Report) -> None:
        since = _since(host)
        all_of_them, wanted = _Amount(), _Amount()
        for filesystem in self.filesystems:
            for found in self._late(host, filesystem, since):
                all_of_them.add(found)
                if not _is_kept(filesystem, found):
                    wanted.add(found)
        _room(host, wanted)
        for filesystem in self.filesystems:
            # Walked once more: a million of them are never held at once.
            for batch in batches(self._late(host, filesystem, since), BATCH):
                keep(host, filesystem, batch)
        if all_of_them.files:
            report.result(f"{self.before}{all_of_them} that the old system wrote after the last "
                          f"copy are kept in {KEPT}{self._not_in_force(host)}")

    def _late(
        self, host: Host, filesystem: PlannedFilesystem, since: float
    ) -> Iterator[LateFile]:
        source, where = origin(filesystem), filesystem.mountpoint
        yield from late_files(source, running(filesystem), since, excludes(self.plan, where))
        for path in edited_configs(host, self.plan, filesystem):
            yield LateFile(path.removeprefix("/"), os.lstat(source + path).st_blocks * 512)

    def _not_in_force(self, host: Host) -> str:
        """What to do about edited configuration files: the copy has its own."""
        names = [f.mountpoint.rstrip("/") + path for f in self.filesystems
                 for path in edited_configs(host, self.plan, f)]
        if not names:
            return ""
        return f"; {', '.join(names)} edited meanwhile: carry the edit over from there"


def save_late_files(
    plan: Plan, machine: Machine, filesystems: Sequence[PlannedFilesystem], before: str = ""
) -> tuple[Action, ...]:
    """Keep them, with the old disk's file systems mounted read-only meanwhile; its volume groups
    are active."""
    return (
        *(Mount(source_device(plan, machine, f), origin(f), ("-o", "ro")) for f in filesystems),
        *(Mount(f.mountpoint, running(f), ("--bind", "--make-private")) for f in filesystems),
        SaveLateFiles(plan, tuple(filesystems), before),
        UnmountAll(RUNNING),
        UnmountAll(ORIGIN),
    )


def keep(host: Host, filesystem: PlannedFilesystem, files: Sequence[LateFile]) -> None:
    """Copy these aside; hard links hold among them. Raises StepFailed, which names those that
    cannot be read."""
    target = _kept(filesystem)
    make_place(host, target)
    try:
        host.run(
            ["rsync", "-aHAXS", "--numeric-ids", *FROM_LIST,
             f"{origin(filesystem)}/", f"{target}/"],
            stdin=listed(found.path for found in files),
        )
    except CommandFailed as error:
        places = (origin(filesystem), target)
        if NO_ROOM in error.output:  # somebody else took it meanwhile
            raise NeedsPerson("No room is left to keep what the old system wrote after the last "
                              "copy.", _make_room()) from error
        why = files_not_copied(error.output, places, filesystem.mountpoint)
        if error.returncode != PARTIAL or not why:
            raise
        raise StepFailed(f"Written after the last copy, {told_files(why)}.", UNREAD) from error
    if lacking := [found.path for found in files if not _is_kept(filesystem, found)]:
        top = filesystem.mountpoint.rstrip("/")
        why = {f"{top}/{path}": "it did not arrive" for path in lacking}
        raise StepFailed(f"Written after the last copy, {told_files(why)}.", UNREAD)


def _kept(filesystem: PlannedFilesystem) -> str:
    """Where its late files go."""
    return f"{KEPT}{filesystem.mountpoint}".rstrip("/")


def _is_kept(filesystem: PlannedFilesystem, found: LateFile) -> bool:
    """Whether an earlier look has kept it as it is."""
    folder, _, name = found.path.rpartition("/")
    try:
        with (opened(origin(filesystem), folder) as here,
              opened(_kept(filesystem), folder) as there):
            one, other = (os.stat(name, dir_fd=at, follow_symlinks=False) for at in (here, there))
    except OSError:
        return False
    # In seconds: a file system that somebody mounted for them may know no others.
    return (one.st_size, int(one.st_mtime)) == (other.st_size, int(other.st_mtime))


def edited_configs(host: Host, plan: Plan, filesystem: PlannedFilesystem) -> list[str]:
    """The configuration files of one source file system that somebody edited since the plan was
    made, by their path on it.

    While the old system ran, such an edit stopped the next step; after the last step nothing did.
    """
    return [
        path for config, path in configs_on(plan, filesystem.mountpoint)
        if host.read(origin(filesystem) + path) not in (None, config.current)
    ]


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
    since = noted(host, FINAL_COPY_BEGAN)
    if since is None:
        raise StepFailed(
            f"{FINAL_COPY_BEGAN} does not say when the final copy began.",
            "Write the time of the reboot there, in seconds since 1970 (date +%s), and go on.",
        )
    return since


def _room(host: Host, wanted: _Amount) -> None:
    """Raises NeedsPerson when the late files do not fit, or would leave the system too little."""
    if not wanted.files:
        return
    # A larger file system may be mounted on KEPT, which is not there before the first file is kept.
    use = host.usage(KEPT) or host.usage(STATE)
    free = use.f_bavail * use.f_frsize if use else 0
    left = ""
    if wanted.size + RESERVE > free:
        left = readable(free)
    elif use and use.f_files and (  # 0: as many as there is room for (Btrfs)
            wanted.files + wanted.directories + RESERVE_INODES > use.f_favail):
        left = f"{use.f_favail} inodes"
    if left:
        raise NeedsPerson(
            f"The old system wrote {wanted} after the last copy, and only {left} are free to keep "
            "them.",
            _make_room(),
        )


def _make_room() -> str:
    return (f"Make room, or mount a larger file system on {KEPT}, then go on. The old disk still "
            f"has them all; nothing of it is erased yet. It is mounted read-only below {ORIGIN}: "
            "remount it (mount -o remount,rw) to remove what is not wanted.")
