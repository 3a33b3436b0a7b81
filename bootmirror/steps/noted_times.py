"""Moments of the copy that later steps go by, noted in the state directory."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from bootmirror.actions.places import STATE
from bootmirror.actions.report import Report
from bootmirror.errors import NotWritten
from bootmirror.host.host import Host
from bootmirror.host.private import replace_private
from bootmirror.host.private_directory import make_private_directory

COPIES_BEGIN = f"{STATE}/copies-begin"  # each in seconds since the epoch
FINAL_COPY_BEGAN = f"{STATE}/final-copy-began"
MARGIN = 60.0  # seconds: a clock that was set back a little hides nothing


@dataclass(frozen=True)
class NoteTime:
    """Write down when this is; the note travels to the new root."""

    path: str
    why: str  # how it counts what is written later, for a person

    def describe(self) -> str:
        return f"note the time in {self.path}: what is written later is {self.why}"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        try:
            make_private_directory(Path(self.path).parent)
            replace_private(Path(self.path), f"{time.time():.0f}\n", lasting=True)
        except OSError as error:
            raise NotWritten(self.path, error) from error


def noted(host: Host, path: str) -> float | None:
    """From when on files count as written later (seconds since the epoch); None where no time is
    noted there."""
    try:
        return float(host.read(path) or "") - MARGIN
    except ValueError:
        return None
