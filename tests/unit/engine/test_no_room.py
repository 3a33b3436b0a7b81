"""No room for the journal: said in a sentence, nothing more done, and gone on with afterwards."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bootmirror.actions.action import Action
from bootmirror.engine.journal import Journal
from bootmirror.engine.log import Log
from bootmirror.engine.reporting import StepReport
from bootmirror.engine.undoing import UndoWorker
from bootmirror.engine.view import Phase
from bootmirror.errors import ExitCode, JournalFailed, NotWritten, Refused
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from tests.unit.engine.conftest import MIRROR, Conversion
from tests.unit.engine.fake_session import Session
from tests.unit.engine.fakes import FIRST_HALF, Blank, QuietHost, plan, recipe

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The journal's file system is full after so many more records."""
    write = Journal._write

    def limit(count: int) -> None:
        left = [count]

        def counted(self: Journal, line: bytes, synced: bool) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise FULL
            write(self, line, synced)

        monkeypatch.setattr(Journal, "_write", counted)

    return limit


@pytest.mark.parametrize("count", range(12))
def test_a_worker_that_cannot_write_its_journal_stops_says_why_and_goes_on_later(
    conversion: Conversion, full_after: Callable[[int], None], count: int
) -> None:
    conversion.approve(MIRROR)
    full_after(count)
    assert conversion.work() is ExitCode.FAILED
    done = list(conversion.effects)
    view = conversion.view()
    assert "journal" in view.message and "No space left" in view.message
    assert "Make room" in view.hint
    assert not view.exit_code
    full_after(1000)
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.view().message == ""
    # What was done and could not be written down is done once more, nothing is left out.
    assert conversion.effects[: len(done)] == done
    assert set(conversion.effects) == set(FIRST_HALF)


@pytest.mark.parametrize("count", range(2))  # not even "undoing", or no more than that
def test_an_undo_that_cannot_write_its_journal_says_why_and_goes_on_later(
    conversion: Conversion, full_after: Callable[[int], None], count: int
) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    full_after(count)
    undo = UndoWorker(conversion.state, recipe(conversion.where / "effects"),
                      conversion.world.around(), QuietHost)

    def blank(plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del plan, machine
        return (Blank(conversion.where),)

    assert undo.run(blank) is ExitCode.FAILED
    assert "No space left" in conversion.view().message
    full_after(1000)
    assert undo.run(blank) is ExitCode.DONE
    assert conversion.view().phase is Phase.NONE


def test_a_plan_that_cannot_be_kept_is_refused(
    conversion: Conversion, full_after: Callable[[int], None]
) -> None:
    conversion.state.prepare()
    full_after(0)
    with pytest.raises(JournalFailed, match="No space left"):
        conversion.journal().append("approved", plan_id="plan-1")
    with pytest.raises(Refused, match="No space left"):
        Session(conversion).approve(plan())
    assert conversion.view().phase is Phase.NONE


def test_a_torn_line_of_a_full_disk_is_closed_off(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    with conversion.state.journal.open("a") as file:
        file.write('{"kind": "started", "st')
    assert conversion.work() is ExitCode.REBOOT_NOW
    kinds = [json.loads(line)["kind"] for line in conversion.state.journal.read_text().splitlines()
             if line.endswith("}")]
    assert kinds[:3] == ["approved", "consent", "worker"]


def test_a_full_log_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> int:
        raise FULL

    log = Log(tmp_path / "log")
    with monkeypatch.context() as patch:
        patch.setattr("os.write", no_room)
        log.write("not kept")
    log.write("kept")
    assert "kept" in (tmp_path / "log").read_text()


def test_a_log_that_is_somebody_elses_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "target")
    with pytest.raises(Refused, match="not a regular file"):
        Log(tmp_path / "log").write("x")
    assert not (tmp_path / "target").exists()


def test_progress_that_cannot_be_shown_stops_nothing(conversion: Conversion) -> None:
    report = StepReport("copy", conversion.journal(), Path("/proc/nowhere/progress"))
    report.progress(1, 2)


def test_a_file_that_cannot_be_written_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotWritten) as failed:
        Host().write(tmp_path / "file" / "below", "text")
    assert str(tmp_path / "file" / "below") in failed.value.message
    assert failed.value.hint
