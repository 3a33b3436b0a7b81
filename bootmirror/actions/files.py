"""Writing files as actions."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host


@dataclass(frozen=True)
class WriteFile:
    """Replace a file atomically, its original kept beside it once."""

    path: str
    text: str
    why: str
    mode: int = 0o644  # of a new file
    like: str = ""  # a file whose mode and owner a new one gets instead

    def describe(self) -> str:
        return f"write {self.path}: {self.why}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if host.read(self.path) != self.text:
            host.write(self.path, self.text, backup=True, mode=self.mode, like=self.like)
