"""Having a boot loader see what was written."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.checkpoint import checkpoint
from bootmirror.host.host import Host


@dataclass(frozen=True)
class Checkpoint:
    """Write a file system's journal back (host/checkpoint.py), before old blocks are used again."""

    directory: str

    def describe(self) -> str:
        return f"flush {self.directory}, and write its file system's journal back"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.sync()
        checkpoint(self.directory)
