"""A resync the kernel has given up is told, not waited for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.model import Array, Member, Sync
from bootmirror.steps import resync
from bootmirror.steps.resync import WaitForSync
from tests.unit.steps.test_copying import Quiet


def wait_for(monkeypatch: pytest.MonkeyPatch, array: Array, host: Host | None = None) -> None:
    """Wait for an array that stays as it is, for half a second where it stands still."""
    monkeypatch.setattr(resync, "STANDSTILL", 0.5)
    monkeypatch.setattr(WaitForSync, "_arrays", lambda _self, _host: (array,))
    monkeypatch.setattr(WaitForSync, "_limit", lambda *_rest: None)
    monkeypatch.setattr(resync, "refresh_arrays", lambda _host, arrays: arrays)
    WaitForSync(("uuid",), ("md0",)).perform(host or Host(), Quiet())


GIVEN_UP = Array(
    "md0", "/dev/md0", "uuid", "raid1", "1.2", 1 << 20, 2,
    members=(Member("sdb2", 0, "in_sync"), Member("sda2", None, "spare")),
)


def test_a_spare_that_nobody_rebuilds_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StepFailed, match=r"does not go on with the resync: md0 \[U_\]"):
        wait_for(monkeypatch, GIVEN_UP)


WHOLE = Array(
    "md0", "/dev/md0", "uuid", "raid1", "1.2", 1 << 20, 2,
    members=(Member("sdb2", 0, "in_sync"), Member("sda2", 1, "in_sync")),
)
HOLED = Array(
    "md0", "/dev/md0", "uuid", "raid1", "1.2", 1 << 20, 2,
    members=(Member("sdb2", 0, "in_sync"), Member("sda2", 1, "in_sync", bad_blocks=2)),
)


def test_halves_in_sync_with_sectors_left_out_are_no_mirror(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HOLED.picture == "[UU]"
    with pytest.raises(StepFailed, match="sda2 has sectors that could not be copied"):
        wait_for(monkeypatch, HOLED)


def test_a_resync_that_never_begins_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """resync=PENDING, as in an array that is read-only."""
    waits = replace(WHOLE, state="readonly", sync=Sync("resync", waiting="pending"))
    with pytest.raises(StepFailed, match=r"does not go on with the resync: md0 \[UU\]"):
        wait_for(monkeypatch, waits)


@pytest.mark.parametrize(("action", "written"), [("frozen\n", ["idle"]), ("idle\n", [])])
def test_a_resync_that_a_killed_mdadm_has_stopped_goes_on(
    monkeypatch: pytest.MonkeyPatch, action: str, written: list[str]
) -> None:
    """mdadm --add freezes an array while it works."""
    set_to: list[str] = []
    host = Host()
    monkeypatch.setattr(host, "read", lambda _path: action)
    monkeypatch.setattr(host, "set_kernel", lambda _path, text: set_to.append(text))
    wait_for(monkeypatch, WHOLE, host)
    assert set_to == written


@pytest.mark.parametrize(("state", "written"), [
    ("read-auto", ["idle"]), ("clean", []), ("readonly", []),  # that somebody wanted
])
def test_an_array_that_nobody_has_written_to_since_the_boot_goes_on(
    monkeypatch: pytest.MonkeyPatch, state: str, written: list[str]
) -> None:
    """Debian starts arrays so; nobody writes to swap until memory is short."""
    set_to: list[str] = []
    host = Host()
    monkeypatch.setattr(host, "read", lambda _path: "idle\n")
    monkeypatch.setattr(host, "set_kernel", lambda _path, text: set_to.append(text))
    wait_for(monkeypatch, replace(WHOLE, state=state), host)
    assert set_to == written
