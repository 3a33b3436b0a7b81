"""What an action is: one thing a step does, shown before it is done."""

from __future__ import annotations

from typing import Protocol

from bootmirror.actions.report import Report
from bootmirror.host.host import Host


class Action(Protocol):
    """One thing a step does. Performing it twice, or again after a power cut, is harmless."""

    def describe(self) -> str:
        """One line a sysadmin can read and check: the command, or what is written where."""
        ...

    def perform(self, host: Host, report: Report) -> None:
        """Do it. Raises BootmirrorError when it cannot be done."""
        ...
