"""Behind which record a fault strikes, and that one which breaks is told as the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bootmirror.engine.journal import Journal
from tests.lab.guest.halting import FaultBroken, Halting, place_of


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", "this boot")


def _halting(halt: str, fault: Callable[[str], None] = lambda detail: None) -> Halting:
    return Halting(halt, "fault:detail", {"fault": fault})


def test_a_consent_is_no_record_of_its_steps_work() -> None:
    assert place_of("consent", {"step": "partition-mirror"}) == "consent"
    assert place_of("started", {"step": "partition-mirror"}) == "partition-mirror"
    assert place_of("rebooted", {"step": "reboot"}) == "rebooted"
    assert place_of("approved", {}) == "approved"


def test_the_first_record_of_a_step_is_of_a_worker_at_work(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    halting = _halting("partition-mirror:1")
    halting.append(journal, "consent", step="partition-mirror", disk="x")
    assert not halting.reached
    halting.append(journal, "started", step="partition-mirror")
    assert capsys.readouterr().out.splitlines()[-1] == "HALT partition-mirror:1 started"


def test_it_is_told_behind_which_record_that_was(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    halting = _halting("check:9")
    for kind in ("started", "note", "finished"):
        halting.append(journal, kind, step="check")
    assert capsys.readouterr().out.splitlines()[-1] == "HALT check:3 finished"


def test_a_fault_is_told_when_it_has_taken_effect(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    _halting("check:1", lambda detail: print("takes effect", detail)).append(
        journal, "started", step="check")
    assert capsys.readouterr().out.splitlines()[1:] == ["takes effect detail",
                                                        "HALT check:1 started"]


def test_a_fault_that_ends_the_process_is_told_before(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    halting = Halting("check:1", "torn:HALF", {"torn": lambda how: print("torn", how)})
    halting.append(journal, "started", step="check")
    assert capsys.readouterr().out.splitlines()[1:] == ["HALT check:1 started", "torn HALF"]


def test_a_fault_that_raises_is_no_error_of_a_step_and_did_not_strike(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(detail: str) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(FaultBroken):
        _halting("check:1", breaks).append(journal, "started", step="check")
    assert not issubclass(FaultBroken, Exception)
    out = capsys.readouterr().out
    assert "HALT" not in out
    assert 'lost ["a fault of the test: fault:detail: OSError: [Errno 28] No space' in out
