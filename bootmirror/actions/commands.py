"""Commands as actions: of the running system, and of the copy."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.actions.places import TARGET
from bootmirror.actions.report import Report
from bootmirror.host.host import Host


@dataclass(frozen=True)
class Command:
    """A command; ``ok`` are the exit codes that are fine here."""

    argv: tuple[str, ...]
    ok: tuple[int, ...] = (0,)

    def describe(self) -> str:
        return shlex.join(self.argv)

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(self.argv, ok=self.ok)


def command(*argv: str, ok: Sequence[int] = (0,)) -> Command:
    return Command(argv, tuple(ok))


def in_chroot(*argv: str) -> Command:
    """A command of the copied system, run in it."""
    return Command(("chroot", TARGET, *argv))
