"""Where bootmirror keeps its state: the journal and the approved plan on disk, progress in /run.

Directories are 0700, files 0600. They hold what a worker running as root acts on, so whatever is
not ours (a symlink, somebody else's file, a pipe), there or in their place, is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bootmirror.errors import JournalFailed, NotRead
from bootmirror.host.private import make_sure_private
from bootmirror.host.private_directory import make_private_directory, make_sure_real, trust

ROOT = Path("/var/lib/bootmirror")
RUN = Path("/run/bootmirror")
MOUNT_POINTS = ("copy", "source", "running")  # as in bootmirror.actions.places


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
    def decision(self) -> Path:
        """Locked while somebody decides what is done next (see ``lock.deciding``)."""
        return self.run / "decision.lock"

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
        """Make both directories, or make sure of them and of what lies in them.

        Raises Refused, and JournalFailed where their disk does not let it.
        """
        try:
            self._prepare()
        except OSError as error:
            raise JournalFailed(self.journal, error) from error

    def _prepare(self) -> None:
        for directory in (self.root, self.run):
            make_private_directory(directory)
        self._look_for_plants()
        places = (self.run / name for name in MOUNT_POINTS)
        for directory in (self.root / "late-files", self.overlays, *places):
            make_sure_real(directory)

    def check(self) -> bool:
        """Whether there is a state directory to read from.

        Raises Refused when it is not ours, NotRead when that cannot be found out.
        """
        try:
            trust(self.root)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise NotRead(self.root, error) from error
        try:
            if os.path.lexists(self.run):
                trust(self.run)
            self._look_for_plants()
        except OSError as error:
            raise NotRead(error.filename or self.root, error) from error
        return True

    def _look_for_plants(self) -> None:
        for file in (self.journal, self.plan, self.lock, self.decision, self.rehearsal_lock,
                     self.log, self.progress, self.rehearsal, self.trouble):
            make_sure_private(file)
