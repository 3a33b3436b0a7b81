"""Rehearsals as the engine sees them: when, one at a time, never beside a worker, and kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.engine import rehearsals
from bootmirror.engine.history import History
from bootmirror.engine.lock import at_work, only_one, worker_lock
from bootmirror.engine.rehearsals import RehearsalReader, another_rehearsal, stop_rehearsal
from bootmirror.engine.view import Phase, RehearsalView, Stage, Verdict
from bootmirror.errors import Refused
from bootmirror.records import to_plain
from tests.unit.engine.conftest import MIRROR, TOP, Conversion, at_the_reboot, through
from tests.unit.engine.fake_session import Session

LACKS = "To see a disk boot without a reboot, install qemu-utils."
VIEW = RehearsalView("MIR1", True, Stage.KERNEL, 12.0, 900.0, ("Linux version 6.1",), "tcg", True)


@pytest.fixture
def session(conversion: Conversion) -> Session:
    return Session(conversion)


def rehearsing(conversion: Conversion) -> AbstractContextManager[object]:
    return only_one(conversion.state.rehearsal_lock, "boot-1", another_rehearsal)


def test_before_the_reboot_the_mirror_alone_can_be_rehearsed(session: Session) -> None:
    at_the_reboot(session.conversion)
    assert session.view().rehearsable == ("MIR1",)
    with pytest.raises(Refused, match=r"^SRC1 cannot be rehearsed now"):
        session.rehearse("SRC1")
    session.rehearse("MIR1")
    assert session.rehearsed == ["MIR1"]


def test_when_all_is_done_each_disk_can_be(session: Session) -> None:
    through(session.conversion)
    assert session.view().rehearsable == ("SRC1", "MIR1")
    session.rehearse("SRC1")
    assert session.rehearsed == ["SRC1"]


def test_in_between_none_can_be(session: Session) -> None:
    session.conversion.approve()
    assert session.view().rehearsable == ()
    with pytest.raises(Refused, match="no time to rehearse"):
        session.rehearse("MIR1")
    assert session.rehearsed == []


def test_without_qemu_there_is_a_hint_and_only_when_it_is_time(session: Session) -> None:
    session.conversion.world.set(lacks=LACKS)
    session.conversion.approve(MIRROR)
    assert session.view().rehearse_hint == ""
    session.conversion.work()
    view = session.view()
    assert (view.rehearsable, view.rehearse_hint) == ((), LACKS)
    with pytest.raises(Refused) as refused:
        session.rehearse("MIR1")
    assert refused.value.hint == LACKS


def test_nothing_else_is_done_while_a_disk_is_rehearsed(session: Session) -> None:
    at_the_reboot(session.conversion)
    with rehearsing(session.conversion):
        for doing in (session.undo, session.reboot, session.start,
                      lambda: session.rehearse("MIR1"), session.conversion.work):
            with pytest.raises(Refused, match=f"being rehearsed .process {os.getpid()}"):
                doing()
    assert session.rehearsed == []
    assert session.view().phase is Phase.REBOOT


def test_nothing_is_rehearsed_while_a_worker_is_at_work(session: Session) -> None:
    at_the_reboot(session.conversion)
    with worker_lock(session.conversion.state.lock), pytest.raises(Refused, match="at work"):
        session.rehearse("MIR1")


def test_what_a_killed_rehearsal_left_does_not_travel_to_the_mirror(
    conversion: Conversion,
) -> None:
    conversion.approve(MIRROR)
    (conversion.state.overlays / "rehearsal-x").mkdir(parents=True)
    conversion.work()
    assert not conversion.state.overlays.exists()


def test_what_a_rehearsal_found_is_kept_and_says_nothing_of_the_phase(
    conversion: Conversion,
) -> None:
    through(conversion)
    journal = conversion.journal()
    journal.append("rehearsed", disk="MIR1", verdict="failed", reason="No root.", hint="Mend it.",
                   seconds=31.5, first_boot=False)
    journal.append("rehearsed", disk="SRC1", verdict="proved", reason="It boots.", seconds=40.0)
    journal.append("rehearsed", disk="MIR1", verdict="from the future", reason="?")
    view = conversion.view()
    assert view.phase is Phase.DONE
    mirror, source = view.proof("MIR1"), view.proof("SRC1")
    assert mirror is not None and source is not None
    assert (mirror.verdict, mirror.reason, mirror.hint, mirror.seconds) == (
        Verdict.FAILED, "No root.", "Mend it.", 31.5)
    assert (mirror.proved, source.proved) == (False, True)
    assert abs(source.at - time.time()) < 60


def test_a_record_of_a_rehearsal_does_not_make_an_approved_conversion_look_interrupted() -> None:
    history = History()
    history.fold([
        {"kind": "approved", "plan_id": "p"},
        {"kind": "rehearsed", "disk": "MIR1", "verdict": "proved", "time": 5.0},
    ])
    assert history.last_kind == "approved"
    assert history.proofs["MIR1"].at == 5.0


def test_a_new_try_voids_what_was_proved_of_the_mirror() -> None:
    history = History()
    history.fold([
        {"kind": "rehearsed", "disk": "MIR1", "verdict": "proved"}, {"kind": "retry", "steps": []},
    ])
    assert history.proofs == {}


def test_how_far_a_rehearsal_is_can_be_followed(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    reader = conversion.reader()
    assert reader.view().rehearsal is None
    with rehearsing(conversion):
        assert reader.view().rehearsal is None
        conversion.state.rehearsal.write_text(json.dumps(to_plain(VIEW)))
        assert reader.view().rehearsal == VIEW
    left = reader.view().rehearsal
    assert left == replace(
        VIEW, running=False,
        reason="It ended without a result: it was killed, or memory was short.",
        hint=f"Look into {conversion.state.log} and, where memory was short, at dmesg; "
             "then rehearse again.",
    )


DONE = replace(VIEW, running=False, verdict=Verdict.PROVED, reason="It boots.")


def test_one_that_was_stopped_on_purpose_still_says_so(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    stopped = replace(VIEW, running=False, reason="It was stopped.")
    conversion.state.rehearsal.write_text(json.dumps(to_plain(stopped)))
    assert conversion.view().rehearsal == stopped


@pytest.mark.parametrize(("held", "before", "after"), [
    ([True, False, False, False], VIEW, DONE),  # it ends just after its lock was asked for
    ([False, True, True, True], DONE, VIEW),  # it begins just then
])
def test_one_that_begins_or_ends_under_the_look_did_not_end_without_a_word(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch, held: list[bool],
    before: RehearsalView, after: RehearsalView,
) -> None:
    conversion.state.prepare()
    left = list(held)

    def asked(_lock: Path) -> bool:
        if len(left) < len(held):
            conversion.state.rehearsal.write_text(json.dumps(to_plain(after)))
        return left.pop(0)

    conversion.state.rehearsal.write_text(json.dumps(to_plain(before)))
    monkeypatch.setattr(rehearsals, "at_work", asked)
    assert RehearsalReader(conversion.state).view() == after


def test_two_writings_of_one_tick_are_told_apart(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    reader, place = conversion.reader(), conversion.state.rehearsal
    for view in (DONE, replace(DONE, reason="It boots again.")):
        new = place.with_name("new")
        new.write_text(json.dumps(to_plain(view)))
        os.utime(new, ns=(10**18, 10**18))
        new.replace(place)
        assert reader.view().rehearsal == view


def test_what_a_bootmirror_before_this_one_left_can_be_read(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    plain = to_plain(DONE)
    del plain["began"]
    conversion.state.rehearsal.write_text(json.dumps(plain))
    assert conversion.view().rehearsal == DONE


def test_what_lies_there_from_the_last_one_is_not_shown_as_the_next(
    conversion: Conversion,
) -> None:
    at_the_reboot(conversion)
    conversion.state.rehearsal.write_text(json.dumps(to_plain(DONE)))
    reader = conversion.reader()
    assert reader.view().rehearsal == DONE
    with rehearsing(conversion):
        assert reader.view().rehearsal is None


def test_a_file_that_is_no_rehearsal_is_none(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    conversion.state.rehearsal.write_text('{"disk": 1}')
    assert conversion.view().rehearsal is None


HOLDER = """
import signal, sys, time
from pathlib import Path
from bootmirror.engine.lock import only_one
from bootmirror.engine.rehearsals import another_rehearsal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with only_one(Path(sys.argv[1]), "boot-1", another_rehearsal):
    print("held", flush=True)
    time.sleep(60)
"""


def test_stopping_ends_the_process_that_rehearses(conversion: Conversion, tmp_path: Path) -> None:
    conversion.state.prepare()
    lock = conversion.state.rehearsal_lock
    stop_rehearsal(conversion.state)  # harmless when none runs
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(TOP)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        stop_rehearsal(conversion.state)
        assert not at_work(lock)
        assert process.wait(10) in (0, -signal.SIGTERM)
