"""What debconf is told before both disks boot may be passed over; at last it may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bootmirror.errors import CommandFailed
from bootmirror.host.host import Host, Result
from bootmirror.kinds.debconf_devices import TellDebconf
from tests.unit.steps.test_copying import Quiet


class AtWork(Host):
    """apt has debconf's lock."""

    def run(self, argv: Sequence[str], **_named: Any) -> Result:
        raise CommandFailed(argv, 1, "config.dat is locked by another process")


class Noting(Quiet):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_while_apt_is_at_work_the_first_boot_is_confirmed_all_the_same() -> None:
    report = Noting()
    TellDebconf(("/dev/disk/by-id/a",), at_last=False).perform(AtWork(), report)
    assert "config.dat is locked" in report.notes[0]


def test_in_the_end_both_disks_are_told() -> None:
    with pytest.raises(CommandFailed):
        TellDebconf(("/dev/disk/by-id/a",)).perform(AtWork(), Quiet())
