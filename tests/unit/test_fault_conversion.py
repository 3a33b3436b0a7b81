"""What a machine's output is taken for: what is lost, what was told, where a fault struck."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.faults.conversion import Boot, Place, _judged
from tests.faults.expected import failed_in, told
from tests.faults.own_errors import own_error
from tests.lab.lab import Outcome

THROWN = "OSError: [Errno 28] No space left on device"
SAID = "rsync failed (11): write failed on /opt/big: No space left on device (28)"


def _boot(message: str) -> Boot:
    stands: dict[str, Any] = {"phase": "failed", "headline": "copy-system failed.",
                              "message": message, "next": "Make room."}
    return _judged(Outcome(0, f"code 1\nstands {json.dumps(stands)}\n"))


@pytest.mark.parametrize("message", [
    THROWN, "KeyError: 'sdb'", "StopIteration: ", "struct.error: unpack requires 4 bytes",
    "TimeoutExpired: lsblk", "UnicodeDecodeError: 'utf-8' codec"])
def test_what_begins_with_an_exceptions_class_is_no_sentence(message: str) -> None:
    assert own_error(message)


@pytest.mark.parametrize("message", [
    SAID, "", "mdadm failed (1): Error: no disk", "/etc/fstab was edited.",
    "1 file could not be copied: /opt/big: Input/output error.", "Exception handling"])
def test_a_sentence_about_an_error_is_one(message: str) -> None:
    assert not own_error(message)


def test_a_step_that_throws_has_not_told_what_must_be_told() -> None:
    assert failed_in("copy-system", "No space left")(_boot(SAID)) == ""
    assert failed_in("copy-system", "No space left")(_boot(THROWN)) != ""
    assert told(_boot(SAID)) == ""
    assert told(_boot(THROWN)) != ""


def test_an_error_of_the_program_itself_is_lost_whatever_the_fault_was() -> None:
    assert _boot(THROWN).lost == (f"an error of the program itself: {THROWN}",)
    assert _boot(SAID).lost == ()


def test_it_is_read_behind_which_record_a_fault_struck() -> None:
    boot = _judged(Outcome(0, "record check:1 started 1.0 s \nHALT check:1 started\n"))
    assert boot.records == ((Place("check", 1), "started"),)
    assert boot.struck == (Place("check", 1), "started")
    assert _judged(Outcome(None, "record check:1 started 1.0 s \n")).struck is None


def test_a_machine_whose_work_has_ended_is_idle() -> None:
    assert _judged(Outcome(None, "code 4\n")).idle
    assert not _judged(Outcome(None, "record check:1 started 1.0 s \n")).idle
