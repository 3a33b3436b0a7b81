"""The process that rehearses: what it boots, what it leaves for readers, what it writes down."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.engine import rehearsing
from bootmirror.engine.journal import Journal
from bootmirror.engine.lock import worker_lock
from bootmirror.engine.log import Log
from bootmirror.engine.rehearsing import Rehearsing
from bootmirror.engine.view import Phase, RehearsalView, Stage, Verdict
from bootmirror.errors import ExitCode, JournalFailed, Refused, StepFailed
from bootmirror.host.host import Host
from bootmirror.rehearsal.outcome import Outcome
from bootmirror.rehearsal.rehearse import Moment, Stopped
from bootmirror.rehearsal.settings import DEFAULT, Settings
from bootmirror.rehearsal.subject import Subject, first_boot
from tests.unit.engine.conftest import Conversion, at_the_reboot, through
from tests.unit.engine.fakes import BOOT, QuietHost, machine, plan, recipe

PROVED = Outcome(Verdict.PROVED, "It boots.", "", Stage.UP, 41.26)
LINES = tuple(f"line {n}" for n in range(300))


class Booting:
    """Takes the place of the virtual machine."""

    def __init__(self, end: Outcome | BaseException, during: Callable[[], None] | None = None
                 ) -> None:
        self.end = end
        self.during = during
        self.subjects: list[Subject] = []
        self.places: list[int] = []

    def __call__(
        self, host: Host, subject: Subject, place: Path, settings: Settings,
        tell: Callable[[Moment], None],
    ) -> Outcome:
        del host, settings
        self.subjects.append(subject)
        self.places.append(place.stat().st_mode & 0o777)
        (place / "left over").touch()
        tell(Moment(Stage.KERNEL, 12.0, 900.0, LINES, "tcg"))
        if self.during is not None:
            self.during()
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end


@pytest.fixture
def booting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Booting]:
    monkeypatch.setattr(rehearsing, "EVERY", 0.0)

    def take_place(*arguments: object) -> Booting:
        made = Booting(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(rehearsing, "rehearse", made)
        return made

    return take_place


def rehearse(conversion: Conversion, disk: str) -> ExitCode:
    steps = recipe(conversion.where / "effects")
    return Rehearsing(
        conversion.state, steps, conversion.world.around(), QuietHost()
    ).run(disk, DEFAULT)


def test_before_the_reboot_the_first_boot_is_rehearsed_with_both_disks(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    at_the_reboot(conversion)
    booted = booting(PROVED)
    assert rehearse(conversion, "MIR1") is ExitCode.DONE
    assert [d.path for d in booted.subjects[0].drives] == ["/dev/sda", "/dev/sdb"]
    view = conversion.view()
    found = view.proof("MIR1")
    assert found is not None
    assert (found.verdict, found.reason, found.seconds, found.first_boot) == (
        Verdict.PROVED, "It boots.", 41.3, True)
    assert view.phase is Phase.REBOOT


def test_with_uefi_the_mirror_is_started_by_the_loader_its_entry_names() -> None:
    uefi = replace(plan(), boot=replace(BOOT, esp=1, esp_directory="debian"))
    subject = first_boot(uefi, machine())
    assert [d.path for d in subject.drives] == ["/dev/sdb"]
    assert subject.uefi
    assert subject.loaders == (r"\EFI\debian\shimx64.efi", r"\EFI\debian\grubx64.efi")


def test_when_all_is_done_each_disk_is_booted_alone(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    through(conversion)
    booted = booting(PROVED)
    for disk in ("SRC1", "MIR1"):
        assert rehearse(conversion, disk) is ExitCode.DONE
    assert [[d.path for d in s.drives] for s in booted.subjects] == [["/dev/sda"], ["/dev/sdb"]]
    assert [(p.disk, p.proved, p.first_boot) for p in conversion.view().proofs] == [
        ("SRC1", True, False), ("MIR1", True, False)]


def test_how_far_it_is_can_be_seen_meanwhile(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    at_the_reboot(conversion)
    seen = []
    booting(PROVED, lambda: seen.append(conversion.view().rehearsal))
    rehearse(conversion, "MIR1")
    (during,) = seen
    assert during is not None
    assert (during.running, during.stage, during.seconds, during.limit, during.accelerator) == (
        True, Stage.KERNEL, 12.0, 900.0, "tcg")
    assert during.console == LINES[-200:]
    after = conversion.view().rehearsal
    assert after is not None
    assert (after.running, after.stage, after.verdict, after.reason, after.first_boot) == (
        False, Stage.UP, Verdict.PROVED, "It boots.", True)


def test_a_disk_that_does_not_boot_is_written_down_with_its_console(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    through(conversion)
    booting(Outcome(Verdict.FAILED, "No root.", "Mend it.", Stage.KERNEL, 9.0))
    assert rehearse(conversion, "SRC1") is ExitCode.FAILED
    found = conversion.view().proof("SRC1")
    assert found is not None
    assert (found.verdict, found.reason, found.hint) == (Verdict.FAILED, "No root.", "Mend it.")
    log = conversion.state.log.read_text()
    assert "rehearsal of SRC1: failed: No root." in log
    assert "  line 299" in log


@pytest.mark.parametrize(("end", "code", "reason"), [
    (Stopped(), ExitCode.FAILED, "It was stopped."),
    (StepFailed("QEMU does not work here: no.", "Try."), ExitCode.FAILED,
     "QEMU does not work here: no."),
    (Refused("Only 3 MB are free.", "Make room."), ExitCode.REFUSED, "Only 3 MB are free."),
])
def test_one_that_did_not_come_to_its_end_is_no_proof_of_anything(
    conversion: Conversion, booting: Callable[..., Booting], end: BaseException, code: ExitCode,
    reason: str,
) -> None:
    at_the_reboot(conversion)
    booting(end)
    assert rehearse(conversion, "MIR1") is code
    view = conversion.view()
    assert view.proofs == ()
    assert view.rehearsal is not None
    assert (view.rehearsal.running, view.rehearsal.verdict, view.rehearsal.reason) == (
        False, None, reason)


def test_what_the_rehearsed_system_wrote_is_gone_and_was_closed_to_others(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    at_the_reboot(conversion)
    conversion.state.overlays.mkdir()
    (conversion.state.overlays / "of one that was killed").touch()
    booted = booting(PROVED)
    rehearse(conversion, "MIR1")
    assert booted.places == [0o700]
    assert not conversion.state.overlays.exists()


def test_it_is_refused_while_a_worker_or_another_one_is_at_work(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    at_the_reboot(conversion)

    def another() -> None:
        with pytest.raises(Refused, match="being rehearsed"):
            rehearse(conversion, "MIR1")

    booted = booting(PROVED, another)
    with worker_lock(conversion.state.lock):
        assert rehearse(conversion, "MIR1") is ExitCode.REFUSED
    rehearse(conversion, "MIR1")
    assert len(booted.subjects) == 1
    assert rehearse(conversion, "SRC1") is ExitCode.REFUSED
    assert os.path.lexists(conversion.state.rehearsal_lock)


# -- what readers are told ---------------------------------------------------------------------


def told(conversion: Conversion) -> RehearsalView:
    found = conversion.view().rehearsal
    assert found is not None
    return found


def test_readers_are_told_of_it_before_anything_is_looked_at(
    conversion: Conversion, booting: Callable[..., Booting], monkeypatch: pytest.MonkeyPatch
) -> None:
    through(conversion)
    booting(PROVED)
    rehearse(conversion, "SRC1")
    first, seen = told(conversion), []

    def looked(_lock: Path) -> bool:
        seen.append(told(conversion))
        return False

    monkeypatch.setattr(rehearsing, "at_work", looked)
    rehearse(conversion, "MIR1")
    assert [(v.disk, v.running, v.verdict) for v in seen] == [("MIR1", True, None)]
    assert seen[0].began > first.began > 0
    assert told(conversion).began == seen[0].began


@pytest.mark.parametrize(("disk", "reason", "hint"), [
    ("MIR1", "A worker is at work.", "Wait for it, or pause it; then rehearse."),
    ("SRC1", "SRC1 cannot be rehearsed now.", "What can be: MIR1."),
])
def test_one_that_is_refused_says_why_where_the_result_is_looked_for(
    conversion: Conversion, booting: Callable[..., Booting], disk: str, reason: str, hint: str
) -> None:
    at_the_reboot(conversion)
    booting(PROVED)
    rehearse(conversion, "MIR1")
    if disk == "MIR1":
        with worker_lock(conversion.state.lock):
            assert rehearse(conversion, disk) is ExitCode.REFUSED
    else:
        assert rehearse(conversion, disk) is ExitCode.REFUSED
    found = told(conversion)
    assert (found.disk, found.running, found.verdict, found.reason, found.hint) == (
        disk, False, None, reason, hint)
    assert reason in conversion.state.log.read_text()


def test_a_fault_of_ours_is_told_and_its_traceback_kept(
    conversion: Conversion, booting: Callable[..., Booting]
) -> None:
    at_the_reboot(conversion)
    booting(KeyError("serial"))
    assert rehearse(conversion, "MIR1") is ExitCode.FAILED
    found = told(conversion)
    assert (found.running, found.verdict, found.reason) == (False, None, "KeyError: 'serial'")
    assert str(conversion.state.log) in found.hint
    assert "Traceback" in conversion.state.log.read_text()


def test_a_log_that_cannot_be_written_does_not_keep_the_end_from_readers(
    conversion: Conversion, booting: Callable[..., Booting], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_log: Log, _text: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    at_the_reboot(conversion)
    booting(StepFailed("QEMU does not work here: no.", "Try."))
    monkeypatch.setattr(Log, "write", fails)
    with pytest.raises(PermissionError):
        rehearse(conversion, "MIR1")
    assert told(conversion).reason == "QEMU does not work here: no."


def test_what_cannot_be_written_down_is_told_with_what_to_do(
    conversion: Conversion, booting: Callable[..., Booting], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_journal: Journal, _kind: str, **_fields: object) -> None:
        raise JournalFailed(conversion.state.journal, OSError(errno.ENOSPC, "No space left"))

    at_the_reboot(conversion)
    booting(PROVED)
    monkeypatch.setattr(Journal, "append", full)
    assert rehearse(conversion, "MIR1") is ExitCode.FAILED
    found = told(conversion)
    assert (found.running, found.verdict) == (False, None)
    assert found.reason.endswith("cannot be written: No space left.")
    assert found.hint.startswith("Make room")
    assert "JournalFailed" in conversion.state.log.read_text()


@pytest.mark.parametrize(("where", "verdict", "reason"), [
    (Journal, None, "It was stopped."), (Log, Verdict.PROVED, "It boots."),
])
def test_stopped_while_it_is_written_down_it_is_proved_or_stopped_not_both(
    conversion: Conversion, booting: Callable[..., Booting], monkeypatch: pytest.MonkeyPatch,
    where: type, verdict: Verdict | None, reason: str,
) -> None:
    left = [Stopped()]

    def stopped(*_words: object, **_fields: object) -> None:
        if left:
            raise left.pop()

    at_the_reboot(conversion)
    booting(PROVED)
    monkeypatch.setattr(where, "append" if where is Journal else "write", stopped)
    rehearse(conversion, "MIR1")
    found = told(conversion)
    assert (found.running, found.verdict, found.reason) == (False, verdict, reason)


def test_one_that_cannot_be_followed_does_not_begin(
    conversion: Conversion, booting: Callable[..., Booting], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    at_the_reboot(conversion)
    booted = booting(PROVED)
    monkeypatch.setattr(rehearsing, "replace_private", full)
    assert rehearse(conversion, "MIR1") is ExitCode.FAILED
    assert booted.subjects == []
    assert "rehearsal.json could not be written: No space left" in conversion.state.log.read_text()
