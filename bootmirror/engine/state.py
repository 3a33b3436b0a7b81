"""Where bootmirror keeps its state: the journal and the approved plan on disk, progress in /run.

Directories are 0700, files 0600. They hold what a worker running as root acts on, so a directory
that is a symlink or belongs to somebody else is refused.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from bootmirror.errors import Refused

ROOT = Path("/var/lib/bootmirror")
RUN = Path("/run/bootmirror")


@dataclass(frozen=True)
class State:
    """The state directory (lasts over reboots) and the run directory (does not)."""

    root: Path = ROOT
    run: Path = RUN

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def plan(self) -> Path:
        return self.root / "plan.json"

    @property
    def lock(self) -> Path:
        return self.root / "worker.lock"

    @property
    def log(self) -> Path:
        return self.root / "bootmirror.log"

    @property
    def progress(self) -> Path:
        return self.run / "progress.json"

    @property
    def rehearsal_lock(self) -> Path:
        """Held while a disk is rehearsed."""
        return self.root / "rehearsal.lock"

    @property
    def rehearsal(self) -> Path:
        """The rehearsal that runs, or the last one: how far it is, and its console."""
        return self.run / "rehearsal.json"

    @property
    def overlays(self) -> Path:
        """What a rehearsed system writes, while it runs."""
        return self.root / "rehearsal"

    @property
    def trouble(self) -> Path:
        """Why the last worker ended, where it could not write that into the journal."""
        return self.run / "trouble.json"

    def prepare(self) -> None:
        """Make both directories, or make sure of them. Raises Refused."""
        for directory in (self.root, self.run):
            directory.parent.mkdir(parents=True, exist_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
            trust(directory)
            directory.chmod(0o700)

    def check(self) -> bool:
        """Whether there is a state directory to read from. Raises Refused when it is not ours."""
        if not os.path.lexists(self.root):
            return False
        trust(self.root)
        return True


def trust(directory: Path) -> None:
    """Raises Refused unless this is a real directory, ours, that nobody else can write to."""
    status = directory.lstat()
    if stat.S_ISLNK(status.st_mode) or not stat.S_ISDIR(status.st_mode):
        raise Refused(
            f"{directory} is not a directory of its own.",
            "Look at who put it there, and move it away; bootmirror makes a new one.",
        )
    if status.st_uid != os.geteuid():
        raise Refused(
            f"{directory} belongs to another user (uid {status.st_uid}).",
            "Look at what it holds, and move it away; bootmirror makes a new one.",
        )
    if status.st_mode & 0o022:
        raise Refused(
            f"{directory} can be written by others (mode {stat.S_IMODE(status.st_mode):o}).",
            f"Look at what it holds, then: chmod 700 {directory}.",
        )
