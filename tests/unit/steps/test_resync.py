"""A resync the kernel has given up is told, not waited for."""

from __future__ import annotations

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.model import Array, Member
from bootmirror.steps import resync
from bootmirror.steps.resync import WaitForSync
from tests.unit.steps.test_copying import Quiet

GIVEN_UP = Array(
    "md0", "/dev/md0", "uuid", "raid1", "1.2", 1 << 20, 2,
    members=(Member("sdb2", 0, "in_sync"), Member("sda2", None, "spare")),
)


def test_a_spare_that_nobody_rebuilds_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resync, "STANDSTILL", 0.5)
    monkeypatch.setattr(WaitForSync, "_arrays", lambda _self, _host: (GIVEN_UP,))
    monkeypatch.setattr(WaitForSync, "_limit", lambda *_rest: None)
    monkeypatch.setattr(resync, "refresh_arrays", lambda _host, arrays: arrays)
    with pytest.raises(StepFailed, match=r"does not go on with the resync: md0 \[U_\]"):
        WaitForSync(("uuid",), ("md0",)).perform(Host(), Quiet())


HOLED = Array(
    "md0", "/dev/md0", "uuid", "raid1", "1.2", 1 << 20, 2,
    members=(Member("sdb2", 0, "in_sync"), Member("sda2", 1, "in_sync", bad_blocks=2)),
)


def test_halves_in_sync_with_sectors_left_out_are_no_mirror(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HOLED.picture == "[UU]"
    monkeypatch.setattr(WaitForSync, "_arrays", lambda _self, _host: (HOLED,))
    monkeypatch.setattr(WaitForSync, "_limit", lambda *_rest: None)
    with pytest.raises(StepFailed, match="sda2 has sectors that could not be copied"):
        WaitForSync(("uuid",), ("md0",)).perform(Host(), Quiet())
