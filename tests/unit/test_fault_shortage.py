"""What a machine can lack: where each fault is placed, and that it is known to have come about."""

from __future__ import annotations

import errno
import json
import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.host.host import Host
from bootmirror.steps.recipe import STEPS
from tests.faults.conversion import Boot, _judged
from tests.faults.expected import named
from tests.faults.shortage import FIRST_HALF, SECOND_HALF, trials
from tests.lab.guest import lacking, shortage
from tests.lab.lab import Outcome

HALVES = {step.id: step.after_reboot for step in STEPS}


def test_each_program_is_taken_away_in_the_half_that_calls_it() -> None:
    for half, table in ((False, FIRST_HALF), (True, SECOND_HALF)):
        assert {HALVES[step] for steps in table.values() for step in steps} == {half}
    for trial in trials(random.Random(1)):
        kind, _, detail = trial.fault.partition(":")
        if kind in ("missing", "failing"):
            table = SECOND_HALF if HALVES[trial.place.step] else FIRST_HALF
            assert trial.place.step in table[detail.partition("=")[0]]


def _boot(**stands: Any) -> Boot:
    code = stands.pop("code")
    results = stands.pop("results", "")
    return _judged(Outcome(0, f"record verify:3 finished 1.0 s {results}\ncode {code}\n"
                              f"stands {json.dumps(stands)}\n"))


def test_a_missing_program_is_named() -> None:
    look = named("mkswap")
    lacks = "The program mkswap is not installed."
    assert look(_boot(code=1, message=lacks, next="Install mkswap.")) == ""
    assert look(_boot(code=0, message="", results="no swap: mkswap is missing")) == ""
    assert look(_boot(code=0, message="")) != ""
    assert look(_boot(code=1, message="Something failed.", next="Look.")) != ""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with one program; marks are made beside it."""
    monkeypatch.setattr(lacking, "PATH", str(tmp_path))
    monkeypatch.setattr(lacking, "PROGRAMS", tmp_path)
    monkeypatch.setattr(lacking, "DIRECTORIES", (str(tmp_path),))
    monkeypatch.setattr(lacking, "CALLS", tmp_path / "calls")
    (tmp_path / "one").write_text("#!/bin/sh\n")
    (tmp_path / "one").chmod(0o755)
    return tmp_path


def test_a_program_that_fails_leaves_a_mark_at_each_call(place: Path) -> None:
    lacking.failing("one=64")
    assert lacking.calls() == 0
    for _ in range(2):
        done = subprocess.run([place / "one"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (64, "one: it went wrong\n")
    assert lacking.calls() == 2


def test_a_program_that_is_missing_leaves_a_mark_where_it_would_be_run(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absolute(_host: Host, argv: Sequence[str]) -> list[str]:
        return list(argv)

    monkeypatch.setattr(Host, "absolute", absolute)
    lacking.missing("one")
    assert not (place / "one").exists()
    Host().absolute(["another", "one"])
    assert lacking.calls() == 0
    Host().absolute(["one"])
    Host().absolute(["chroot", "/target", "one", "--all"])
    assert lacking.calls() == 2


def test_what_was_never_installed_cannot_go_missing(place: Path) -> None:
    del place
    with pytest.raises(RuntimeError, match="not there before"):
        lacking.take_away("another")


def test_a_clock_that_does_not_jump_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "clock_settime", lambda which, wanted: None)
    with pytest.raises(RuntimeError, match="did not jump"):
        shortage.clock("3600")


def test_inodes_that_are_left_are_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shortage, "FILLS", {str(tmp_path): tmp_path / "fills"})
    monkeypatch.setattr(Path, "touch", breaks)
    with pytest.raises(RuntimeError, match="inodes are left"):
        shortage.inodes(str(tmp_path))
