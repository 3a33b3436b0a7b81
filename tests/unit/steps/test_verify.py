"""The verify step: it has the monitor run, tells every point, and fails with what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import StepFailed
from bootmirror.steps import verify
from bootmirror.steps.build_initramfs import kernels
from bootmirror.steps.monitor import PLAIN, SYSTEMD, UNIT, StartMonitor
from bootmirror.steps.verify import RunChecks, Verify, verify_checks
from tests.unit.steps.mirrored import BEFORE, MONITOR, PLAN, Answers, Mirrored, mirrored
from tests.unit.steps.test_copying import Quiet


class Kept(Quiet):
    """What a step told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.results: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def result(self, text: str) -> None:
        self.results.append(text)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Mirrored:
    found = mirrored()
    monkeypatch.setattr(verify, "inspect", lambda _host: found.machine)
    return found


def test_its_actions_are_shown() -> None:
    shown = [action.describe() for action in Verify().actions(PLAN, BEFORE)]
    *alike, wait, monitor, look = shown
    assert all(text.startswith("add a half to /dev/md") for text in alike)
    assert len(alike) == len(PLAN.arrays) and "wait for the resync" in wait
    assert monitor.startswith("systemctl restart mdmonitor.service, where no monitor runs")
    assert "bad blocks" in look and "signatures" in look


def test_every_point_is_told(found: Mirrored) -> None:
    report = Kept()
    RunChecks(PLAN).perform(found.host, report)
    count = len(report.notes)
    assert count > 25 and all(note.startswith("ok  ") for note in report.notes)
    assert report.results == [f"{count} of {count} points hold"]


def test_what_does_not_hold_fails_it_with_what_to_do(found: Mirrored) -> None:
    found.with_array(0, slots=3)
    del found.host.texts[MONITOR]
    report = Kept()
    with pytest.raises(StepFailed, match="2 of ") as caught:
        RunChecks(PLAN).perform(found.host, report)
    assert "array of /: md0 [UU_] clean, has 3 slots" in caught.value.message
    assert "mdadm --grow --raid-devices" in caught.value.hint
    assert "systemctl restart mdmonitor.service" in caught.value.hint
    assert sum(note.startswith("NOT OK") for note in report.notes) == 2


def test_a_machine_that_cannot_be_looked_at_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Answers()
    host.missing.add("lsblk")
    (check,) = verify_checks(host, PLAN)
    assert not check.ok
    assert "lsblk is not installed" in check.detail
    assert check.advice == "Install lsblk."


@pytest.mark.parametrize(("systemd", "argv"), [(True, UNIT), (False, PLAIN)])
def test_the_monitor_is_started_where_none_runs(
    systemd: bool, argv: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Answers()
    monkeypatch.setattr(host, "make_directory", lambda _path: None)
    if systemd:
        host.paths.add(SYSTEMD)
    StartMonitor().perform(host, Quiet())
    assert host.ran == [argv]


def test_a_monitor_that_runs_is_left_alone() -> None:
    host = Answers()
    host.texts[MONITOR] = "mdadm\0-F\0--scan\0"
    StartMonitor().perform(host, Quiet())
    assert host.ran == []


def test_dracut_builds_for_every_kernel_a_menu_may_start() -> None:
    assert kernels(replace(BEFORE, kernels=("6.2", "6.1")), "6.1") == ("6.1", "6.2")
    assert kernels(BEFORE, "6.1") == ("6.1",)
