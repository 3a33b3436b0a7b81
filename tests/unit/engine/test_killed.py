"""The worker as a real process: killed, stopped, started twice; and it always goes on."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from bootmirror.engine.journal import JournalTail
from bootmirror.engine.leftovers import leftovers
from bootmirror.engine.lock import at_work
from bootmirror.engine.undoing import UndoWorker
from bootmirror.engine.view import Phase, StepState
from bootmirror.errors import ExitCode, Refused
from bootmirror.host.host import Host
from tests.unit.engine.conftest import MIRROR, Conversion
from tests.unit.engine.fakes import FIRST_HALF, LEFT, Blank, recipe

KILLS = 25


@pytest.mark.parametrize("knows", [False, True], ids=["asked-nothing", "asked-the-facts"])
def test_killed_at_random_again_and_again_it_finishes(
    conversion: Conversion, knows: bool
) -> None:
    """SIGKILL at any moment; every step ends up done, in order, and none before its turn."""
    chance = random.Random(7)
    conversion.approve(MIRROR)
    killed = 0
    for _ in range(400):
        worker = conversion.spawn(seconds=0.05, knows=knows)
        _until_at_work(conversion, worker)
        if killed < KILLS:
            time.sleep(chance.uniform(0, 0.12))
        else:
            worker.wait()
        killed += worker.poll() is None
        worker.kill()
        worker.communicate()
        view = conversion.view()
        if view.phase is Phase.REBOOT:
            break
        assert view.phase in (Phase.INTERRUPTED, Phase.APPROVED)
    assert conversion.view().phase is Phase.REBOOT
    print(killed)
    assert killed > 5
    first_times = list(dict.fromkeys(conversion.effects))
    assert first_times == FIRST_HALF
    if knows:
        # the facts show what was done before the record of it was written: never twice
        assert conversion.effects == FIRST_HALF


def test_a_journal_cut_off_anywhere_leads_to_the_same_end(conversion: Conversion) -> None:
    """A power cut keeps the journal's beginning, to any byte: work goes on from there."""
    conversion.approve(MIRROR)
    begin = conversion.state.journal.stat().st_size
    conversion.work()
    whole = conversion.state.journal.read_bytes()
    for size in range(begin, len(whole), 97):
        conversion.state.journal.write_bytes(whole[:size])
        (conversion.where / "effects").unlink(missing_ok=True)
        assert conversion.view().phase in (Phase.APPROVED, Phase.INTERRUPTED, Phase.REBOOT)
        assert conversion.work() is ExitCode.REBOOT_NOW
        assert conversion.view().phase is Phase.REBOOT
        assert conversion.effects == FIRST_HALF[len(FIRST_HALF) - len(conversion.effects) :]
        states = conversion.states()
        assert {states[step] for step in FIRST_HALF} == {StepState.FINISHED}


def test_what_a_step_did_is_on_the_disks_before_the_record_of_it(conversion: Conversion) -> None:
    """Else a power cut could leave the record alone, and nobody would do the step again."""
    last: list[str] = []

    class Watched(Host):
        def sync(self) -> None:
            record = json.loads(conversion.state.journal.read_text().splitlines()[-1])
            last.append(f"{record['kind']} {record['step']}")

    conversion.approve(MIRROR)
    conversion.worker(Watched).run("copy-system")
    assert last == ["note check", "note partition-mirror", "note make-filesystems",
                    "note copy-system"]
    steps = recipe(conversion.where / "effects")
    undo = UndoWorker(conversion.state, steps, conversion.world.around(), Watched)
    assert undo.run(lambda plan, machine: (Blank(conversion.where),)) is ExitCode.DONE
    assert last[4:] == ["note undo"]


def test_an_undo_that_was_killed_waits_for_what_it_left_and_ends(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    assert conversion.work() is ExitCode.REBOOT_NOW
    conversion.trouble("undo", "killed")
    killed = conversion.spawn(undo=True)
    killed.communicate(timeout=30)
    assert killed.returncode == -signal.SIGKILL
    began = time.monotonic()
    assert leftovers(killed.pid)
    assert conversion.view().undoing and conversion.view().headline.startswith("The undo was")
    again = conversion.spawn(undo=True)
    again.communicate(timeout=30)
    assert again.returncode == ExitCode.DONE
    assert time.monotonic() - began > LEFT / 2
    assert leftovers(killed.pid) == []
    assert conversion.view().headline == "Undone. The machine is as it was."


def test_sigterm_gives_the_step_up_cleanly(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    worker = conversion.spawn(seconds=5)
    _until(lambda: conversion.states()["check"] is StepState.RUNNING)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=5) == ExitCode.FAILED
    worker.communicate()
    assert conversion.view().phase is Phase.INTERRUPTED
    assert conversion.effects == []
    assert not conversion.state.progress.exists()
    assert conversion.work() is ExitCode.REBOOT_NOW


def test_a_hangup_changes_nothing(conversion: Conversion) -> None:
    conversion.approve()
    worker = conversion.spawn(seconds=0.5)
    _until(lambda: conversion.states()["check"] is StepState.RUNNING)
    worker.send_signal(signal.SIGHUP)
    worker.communicate()
    assert conversion.effects == ["check"]


def test_a_second_worker_is_refused_and_the_first_goes_on(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    first = conversion.spawn(seconds=0.3)
    _until(lambda: conversion.states()["check"] is StepState.RUNNING)
    second = conversion.spawn()
    said, _ = second.communicate(timeout=20)
    assert second.returncode == ExitCode.REFUSED
    assert f"process {first.pid}".encode() in said
    with pytest.raises(Refused, match="at work already"):
        conversion.work()
    first.communicate(timeout=20)
    assert first.returncode == ExitCode.REBOOT_NOW
    assert conversion.effects == FIRST_HALF


def test_looking_does_not_keep_a_worker_from_starting(conversion: Conversion) -> None:
    conversion.approve()
    for _ in range(5):
        worker = conversion.spawn()
        while worker.poll() is None:
            at_work(conversion.state.lock)
        worker.communicate()
        assert worker.returncode == ExitCode.REFUSED  # no consent; not "at work already"
    records, _ = JournalTail(conversion.state.journal).read()
    assert [r["kind"] for r in records].count("worker") == 5


def _until_at_work(conversion: Conversion, worker: subprocess.Popen[bytes]) -> None:
    _until(lambda: at_work(conversion.state.lock) or worker.poll() is not None)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
