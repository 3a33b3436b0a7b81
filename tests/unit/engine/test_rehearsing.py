"""The process that rehearses: what it boots, what it leaves for readers, what it writes down."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.engine import rehearsing
from bootmirror.engine.lock import worker_lock
from bootmirror.engine.rehearsing import Rehearsing
from bootmirror.engine.view import Phase, Stage, Verdict
from bootmirror.errors import ExitCode, Refused, StepFailed
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
    with worker_lock(conversion.state.lock), pytest.raises(Refused, match="worker is at work"):
        rehearse(conversion, "MIR1")
    rehearse(conversion, "MIR1")
    assert len(booted.subjects) == 1
    with pytest.raises(Refused, match="cannot be rehearsed now"):
        rehearse(conversion, "SRC1")
    assert os.path.lexists(conversion.state.rehearsal_lock)
