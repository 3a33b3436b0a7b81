"""rehearse: what it takes, what it prints, its exit code, and what verify and status say of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.cli import rehearsing
from bootmirror.cli.entry import main
from bootmirror.cli.rehearsal_output import fresh
from bootmirror.engine.boot_proofs import boots_alone
from bootmirror.engine.lock import at_work
from bootmirror.engine.view import ConversionView, Phase, Proof, RehearsalView, Stage, Verdict
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.records import to_plain
from bootmirror.rehearsal.drives import Bus
from bootmirror.rehearsal.outcome import Outcome
from bootmirror.rehearsal.rehearse import Moment, Stopped
from bootmirror.rehearsal.settings import Settings
from bootmirror.rehearsal.subject import Subject
from tests.unit.cli.conftest import Run
from tests.unit.engine.conftest import TOP, at_the_reboot, through
from tests.unit.engine.fake_session import END, Session
from tests.unit.engine.fakes import plan

Capture = pytest.CaptureFixture[str]
PROVED = Outcome(Verdict.PROVED, "It boots, with its root on md1 (raid1 [U_]).", "", Stage.UP, 41.0)
FAILED = Outcome(Verdict.FAILED, "GRUB could not go on.", "Install it.", Stage.BOOT_LOADER, 9.0)


class Machine:
    """Takes the place of the virtual machine where the command itself starts it."""

    def __init__(self, end: Outcome | BaseException) -> None:
        self.end = end
        self.asked: list[tuple[Subject, Settings]] = []

    def __call__(
        self, host: Host, subject: Subject, place: Path, settings: Settings,
        tell: Callable[[Moment], None],
    ) -> Outcome:
        del host, place
        self.asked.append((subject, settings))
        tell(Moment(Stage.FIRMWARE, 1.0, 900.0, ("SeaBIOS",), "tcg"))
        tell(Moment(Stage.KERNEL, 9.0, 900.0, ("SeaBIOS", "Linux version 6.1"), "tcg"))
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "disk.img"
    path.write_bytes(bytes(1 << 20))
    return path


def boots(monkeypatch: pytest.MonkeyPatch, end: Outcome | BaseException) -> Machine:
    machine = Machine(end)
    monkeypatch.setattr(rehearsing, "boot", machine)
    monkeypatch.setattr(rehearsing, "listen", lambda *_more: None)
    return machine


def test_an_image_needs_no_root_and_leaves_no_record(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    machine = boots(monkeypatch, PROVED)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(rehearsing, "open_session", lambda _options: pytest.fail("not wanted"))
    assert main(["rehearse", str(image), "--bus", "nvme", "--limit", "60", "--memory", "640"]) == 0
    ((subject, settings),) = machine.asked
    (drive,) = subject.drives
    assert (drive.path, drive.size, drive.block, drive.format, drive.bus) == (
        str(image), 1 << 20, False, "raw", Bus.NVME)
    assert not subject.uefi
    assert settings == Settings("", 60, 640, "nvme")
    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"{image}  KVM is not there or does not work: the machine is emulated, which is slow.",
        f"{image}  firmware        0:01",
        f"{image}  kernel          0:09",
        f"{image}  boots alone: proved, 0:41. It boots, with its root on md1 (raid1 [U_]).",
    ]


def test_an_image_that_does_not_boot_is_exit_1_with_the_reason(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    boots(monkeypatch, FAILED)
    assert main(["rehearse", str(image)]) == 1
    said = capsys.readouterr()
    assert said.out.endswith("does not boot, 0:09. GRUB could not go on.\n")
    assert said.err == "bootmirror: Install it.\n"


def test_what_cannot_be_told_for_sure_is_not_proved(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    boots(monkeypatch, Outcome(Verdict.UNCONFIRMED, "A prompt.", "", Stage.SYSTEM, 9.0))
    assert main(["rehearse", str(image)]) == 1
    assert "not proved, 0:09. A prompt." in capsys.readouterr().out


def test_json_has_one_object_a_stage_and_one_for_the_end(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    boots(monkeypatch, PROVED)
    assert main(["rehearse", str(image), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(t["event"], t.get("stage")) for t in told] == [
        ("stage", "firmware"), ("stage", "kernel"), ("end", None)]
    assert told[-1] == {
        "schema": 1, "event": "end", "disk": str(image), "verdict": "proved", "hint": "",
        "reason": PROVED.reason, "seconds": 41.0, "first_boot": False,
    }


def test_on_a_terminal_the_console_is_shown_as_it_comes(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    boots(monkeypatch, PROVED)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["rehearse", str(image)]) == 0
    assert "  SeaBIOS\n" in capsys.readouterr().out


def test_stopped_it_says_that_the_disk_is_as_it_was(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    boots(monkeypatch, Stopped())
    assert main(["rehearse", str(image)]) == 130
    assert capsys.readouterr().out.endswith("stopped; the disk is as it was.\n")


def test_without_qemu_it_is_refused(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    boots(monkeypatch, Refused("A disk cannot be rehearsed on this machine yet.",
                               "Install qemu-system-x86 and qemu-utils."))
    assert main(["rehearse", str(image)]) == 3
    assert "Install qemu-system-x86 and qemu-utils." in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "soon"])
def test_a_limit_that_is_none_is_a_usage_error(image: Path, text: str) -> None:
    assert main(["rehearse", str(image), "--limit", text]) == 2


def test_a_disk_needs_root(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert main(["rehearse", "/dev/sda"]) == 3
    assert "or name an image file" in capsys.readouterr().err


# -- disks of a conversion ---------------------------------------------------------------------


def by_the_engine(session: Session, *ends: Outcome) -> list[Settings]:
    """Each rehearsal ends at once, the next of these written down."""
    left, asked = list(ends), []

    def rehearsal(disk: str, settings: Settings) -> None:
        end, first = left.pop(0), session.view().phase is Phase.REBOOT
        asked.append(settings)
        session.conversion.journal().append(
            "rehearsed", disk=disk, verdict=end.verdict.value, reason=end.reason, hint=end.hint,
            seconds=end.seconds, first_boot=first)
        view = RehearsalView(disk, False, end.stage, end.seconds, 900.0, ("Linux version",), "kvm",
                             first, end.verdict, end.reason, end.hint, time.time())
        session.conversion.state.rehearsal.write_text(json.dumps(to_plain(view)))

    session.rehearsal = rehearsal
    return asked


def test_before_the_reboot_the_first_boot_is_rehearsed(
    run: Run, session: Session, capsys: Capture
) -> None:
    at_the_reboot(session.conversion)
    assert "bootmirror rehearse" in session.view().next
    asked = by_the_engine(session, PROVED)
    assert run("rehearse", "--limit", 77) == 0
    assert session.rehearsed == ["MIR1"]
    assert asked == [Settings(limit=77)]
    assert "MIR1  first boot: proved, 0:41. It boots" in capsys.readouterr().out
    assert session.view().next.startswith("Reboot: its rehearsal came up.")
    assert run("status") == 0
    assert f"proof: first boot, MIR1, {time.strftime('%Y-%m-%d')}" in capsys.readouterr().out


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_to_do_after_the_rehearsal_of_the_first_boot_fits_a_line(
    run: Run, session: Session, verdict: Verdict
) -> None:
    at_the_reboot(session.conversion)
    by_the_engine(session, Outcome(verdict, "Why.", "", Stage.KERNEL, 9.0))
    assert run("rehearse") == (0 if verdict is Verdict.PROVED else 1)
    advice = session.view().next
    assert "rehearsal" in advice
    assert len(advice) <= 76


def test_when_all_is_done_each_disk_one_after_the_other(
    run: Run, session: Session, capsys: Capture
) -> None:
    through(session.conversion)
    by_the_engine(session, PROVED, FAILED)
    assert run("rehearse") == 1
    assert session.rehearsed == ["SRC1", "MIR1"]
    assert "MIR1  does not boot, 0:09. GRUB could not go on." in capsys.readouterr().out
    assert session.view().next == "sdb was found not to boot: read why (bootmirror verify)."


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a process that rehearses, as the session would, and waits until it is heard of."""
    monkeypatch.setattr(rehearsing, "POLL", 0.02)
    state, started = session.conversion.state, []

    def begin(disk: str, what: str, late: float = 0.0) -> subprocess.Popen[bytes]:
        size = state.log.stat().st_size if state.log.exists() else 0
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.engine.fake_rehearsal",
             str(session.conversion.where), disk, what, str(late)],
            cwd=TOP, env={**os.environ, "PYTHONPATH": str(TOP)}, start_new_session=True,
        )
        started.append(process)
        until = time.monotonic() + END
        while not late and process.poll() is None and not at_work(state.rehearsal_lock) and (
            not state.log.exists() or state.log.stat().st_size == size
        ):
            assert time.monotonic() < until
            time.sleep(0.01)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait(END)


def ctrl_c_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C as soon as the command waits for something."""
    sleep, left = time.sleep, [KeyboardInterrupt()]

    def wait(seconds: float) -> None:
        if left:
            raise left.pop()
        sleep(seconds)

    monkeypatch.setattr("bootmirror.cli.rehearsing.time.sleep", wait)


def test_ctrl_c_ends_it_and_begins_no_other(
    run: Run, session: Session, start: Start, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    through(session.conversion)

    def rehearsal(disk: str, _settings: Settings) -> None:
        start(disk, "waits")
        ctrl_c_once(monkeypatch)

    session.rehearsal = rehearsal
    assert run("rehearse") == 130
    assert session.rehearsed == ["SRC1"]
    said = capsys.readouterr()
    assert (said.out.splitlines()[-1], said.err) == ("SRC1  stopped; the disk is as it was.", "")
    assert not at_work(session.conversion.state.rehearsal_lock)
    left = session.view().rehearsal
    assert left is not None and left.reason == "It was stopped."


def test_ctrl_c_while_it_starts_ends_it_as_soon_as_it_is_there(
    run: Run, session: Session, start: Start, capsys: Capture
) -> None:
    through(session.conversion)
    begun: list[subprocess.Popen[bytes]] = []

    def rehearsal(disk: str, _settings: Settings) -> None:
        begun.append(start(disk, "waits", 0.5))
        raise KeyboardInterrupt

    session.rehearsal = rehearsal
    assert run("rehearse") == 130
    assert begun[0].wait(END) == 1  # its own exit code: it was told to stop, and did
    assert session.rehearsed == ["SRC1"]
    said = capsys.readouterr()
    assert (said.out, said.err) == ("SRC1  stopped; the disk is as it was.\n", "")


def test_ctrl_c_before_anything_was_started_says_how_to_end_what_may_come(
    run: Run, session: Session, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def rehearsal(_disk: str, _settings: Settings) -> None:
        raise KeyboardInterrupt

    through(session.conversion)
    monkeypatch.setattr(rehearsing, "APPEARS", 0.0)
    session.rehearsal = rehearsal
    assert run("rehearse") == 130
    assert "bootmirror rehearse --stop" in capsys.readouterr().err


def test_ctrl_c_ends_no_rehearsal_of_another(
    run: Run, session: Session, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(session.conversion)
    monkeypatch.setattr(rehearsing, "APPEARS", 0.1)
    begun: list[subprocess.Popen[bytes]] = []

    def rehearsal(_disk: str, _settings: Settings) -> None:
        begun.append(start("MIR1", "waits"))
        raise KeyboardInterrupt

    session.rehearsal = rehearsal
    assert run("rehearse", "sda") == 130
    assert begun[0].poll() is None


def test_one_disk_is_named_as_any_disk_is(run: Run, session: Session) -> None:
    through(session.conversion)
    by_the_engine(session, PROVED)
    assert run("rehearse", "/dev/sda") == 0
    assert session.rehearsed == ["SRC1"]


def test_at_any_other_time_it_is_refused(run: Run, session: Session, capsys: Capture) -> None:
    session.conversion.approve()
    assert run("rehearse") == 3
    assert "no time to rehearse" in capsys.readouterr().err
    assert run("rehearse", "sdb") == 3
    assert run("rehearse", "sdz") == 3
    assert "no disk and no image file sdz" in capsys.readouterr().err
    assert session.rehearsed == []


def test_a_disk_of_no_conversion_is_rehearsed_off_the_record(
    run: Run, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = boots(monkeypatch, PROVED)
    assert run("rehearse", "sdb", "--firmware", "uefi") == 0
    ((subject, _),) = machine.asked
    assert (subject.drives[0].path, subject.drives[0].block, subject.uefi) == (
        "/dev/sdb", True, True)
    assert not session.conversion.state.root.exists()


def test_status_says_what_to_install_when_it_is_time(
    run: Run, session: Session, capsys: Capture
) -> None:
    session.conversion.world.set(lacks="To see a disk boot, install qemu-utils.")
    at_the_reboot(session.conversion)
    assert "bootmirror rehearse" not in session.view().next
    assert run("status") == 0
    assert "hint:  To see a disk boot, install qemu-utils.\n" in capsys.readouterr().out


def test_stop_ends_the_one_that_runs(run: Run, session: Session) -> None:
    at_the_reboot(session.conversion)
    assert run("rehearse", "--stop") == 0
    assert session.rehearsed == []


def test_stop_with_an_image_begins_nothing(
    run: Run, session: Session, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = boots(monkeypatch, PROVED)
    at_the_reboot(session.conversion)
    assert run("rehearse", image, "--stop") == 0
    assert machine.asked == []


def test_status_as_json_has_the_proofs_and_not_the_console(
    run: Run, session: Session, capsys: Capture
) -> None:
    at_the_reboot(session.conversion)
    by_the_engine(session, PROVED)
    run("rehearse")
    capsys.readouterr()
    assert run("status", "--json") == 0
    told = json.loads(capsys.readouterr().out)["conversion"]
    assert told["proofs"][0]["verdict"] == "proved"
    assert told["rehearsal"]["stage"] == "up"
    assert "console" not in told["rehearsal"]


# -- which result is taken ---------------------------------------------------------------------


def leaves(session: Session, *views: RehearsalView) -> None:
    """The process leaves these, one after the other, and is gone."""
    def rehearsal(_disk: str, _settings: Settings) -> None:
        for view in views:
            session.conversion.state.rehearsal.write_text(json.dumps(to_plain(view)))

    session.rehearsal = rehearsal


GOOD = RehearsalView("MIR1", False, Stage.UP, 41.0, 900.0, ("Linux version",), "kvm", False,
                     Verdict.PROVED, "It boots.", began=1_764_072_240.0)


@pytest.mark.parametrize("left", [
    [], [GOOD], [replace(GOOD, disk="SRC1", began=GOOD.began + 60)],
    [replace(GOOD, disk="SRC1", began=GOOD.began + 60, running=True, verdict=None, reason="")],
])
def test_the_verdict_of_another_disk_or_from_before_is_not_taken(
    run: Run, session: Session, monkeypatch: pytest.MonkeyPatch, capsys: Capture,
    left: list[RehearsalView],
) -> None:
    through(session.conversion)
    monkeypatch.setattr(rehearsing, "TELLS", 0.1)
    session.conversion.state.rehearsal.write_text(json.dumps(to_plain(GOOD)))
    leaves(session, *left)
    assert run("rehearse", "sdb") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("bootmirror: The rehearsal ended without a result. Look into ")
    assert str(session.conversion.state.log) in said.err
    assert "dmesg" in said.err


def test_nothing_left_at_all_is_not_waited_for_without_end(
    run: Run, session: Session, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    through(session.conversion)
    monkeypatch.setattr(rehearsing, "TELLS", 0.1)
    assert run("rehearse", "sdb") == 1
    assert "The rehearsal ended without a result." in capsys.readouterr().err


def test_a_verdict_like_the_one_before_is_taken_when_it_is_new(
    run: Run, session: Session, capsys: Capture
) -> None:
    through(session.conversion)
    session.conversion.state.rehearsal.write_text(json.dumps(to_plain(GOOD)))
    leaves(session, replace(GOOD, began=GOOD.began + 60))
    assert run("rehearse", "sdb") == 0
    assert "MIR1  boots alone: proved, 0:41. It boots." in capsys.readouterr().out


def test_one_that_was_killed_is_not_told_as_stopped(
    run: Run, session: Session, start: Start, capsys: Capture
) -> None:
    through(session.conversion)
    session.rehearsal = lambda disk, _settings: start(disk, "killed")
    assert run("rehearse", "sdb") == 1
    said = capsys.readouterr().err
    assert "It ended without a result: it was killed, or memory was short. Look into " in said
    assert "stopped" not in said


def test_what_a_process_refuses_is_told_by_the_command(
    run: Run, session: Session, start: Start, capsys: Capture
) -> None:
    """It looks once more, with its lock: what lacks by then is said here too."""
    through(session.conversion)

    def rehearsal(disk: str, _settings: Settings) -> None:
        session.conversion.world.set(lacks="Install qemu-utils.")
        start(disk, "boots")

    session.rehearsal = rehearsal
    assert run("rehearse", "sdb") == 3
    said = capsys.readouterr().err
    assert "No disk can be rehearsed on this machine yet. Install qemu-utils." in said


def test_twice_the_same_disk_has_two_results(
    run: Run, session: Session, start: Start, capsys: Capture
) -> None:
    through(session.conversion)
    session.rehearsal = lambda disk, _settings: start(disk, "boots")
    for _ in range(2):
        assert run("rehearse", "sdb") == 0
        assert "MIR1  boots alone: proved, 0:41. It boots." in capsys.readouterr().out


# -- verify's line -------------------------------------------------------------------------------

NOON = time.mktime((2026, 11, 25, 12, 0, 0, 0, 0, -1))


class Files(Host):
    """A machine on which one file was written at some time."""

    def __init__(self, path: str = "", at: float = 0.0) -> None:
        super().__init__()
        self.path, self.at = path, at

    def listing(self, path: str | Path) -> list[str]:
        return {"/boot": ["config-6.1", "initrd.img-6.1"], "/boot/efi/EFI": ["debian"],
                "/boot/efi/EFI/debian": ["grub.cfg", "shimx64.EFI"]}.get(str(path), [])

    def written(self, path: str | Path) -> float:
        return self.at if str(path) == self.path else 0.0


def view(*proofs: Proof, hint: str = "") -> ConversionView:
    return ConversionView(Phase.DONE, "Mirrored.", proofs=proofs, rehearse_hint=hint)


def proved(disk: str, at: float, verdict: Verdict = Verdict.PROVED, first: bool = False) -> Proof:
    return Proof(disk, at, verdict, "GRUB could not go on.", first_boot=first)


@pytest.mark.parametrize(("told", "ok", "detail"), [
    (view(proved("SRC1", NOON + 240), proved("MIR1", NOON + 540)), True,
     "sda proved 12:04, sdb proved 12:09"),
    (view(proved("SRC1", NOON - 3 * 86_400), proved("MIR1", NOON - 86_400)), True,
     "sda proved 3 days ago, sdb proved a day ago"),
    (view(proved("SRC1", NOON), proved("MIR1", NOON, Verdict.FAILED)), False,
     "sda proved 12:00, sdb found not to boot 12:00 (GRUB could not go on)"),
    (view(proved("SRC1", NOON), proved("MIR1", NOON, Verdict.UNCONFIRMED)), True,
     "sda proved 12:00, sdb not proved 12:00 (GRUB could not go on)"),
    (view(proved("MIR1", NOON, first=True)), True,
     "sda not rehearsed, sdb not rehearsed. Rehearse: bootmirror rehearse."),
    (view(hint="Install qemu-utils."), True,
     "sda not rehearsed, sdb not rehearsed. Install qemu-utils."),
    (view(proved("SRC1", NOON), proved("MIR1", NOON + 300 * 86_400)), True,
     "sda proved 12:00, sdb proved 2027-09-21; the clock was set back, so what changed since "
     "cannot be told: rehearse again"),
])
def test_verify_tells_what_is_proved_and_how_old_that_is(
    told: ConversionView, ok: bool, detail: str
) -> None:
    check = boots_alone(told, plan(), Files(), NOON + 600)
    assert (check.name, check.ok, check.detail) == ("each disk boots alone", ok, detail)


@pytest.mark.parametrize("path", [
    "/etc/fstab", "/boot/grub/grub.cfg", "/boot/initrd.img-6.1",
    "/boot/efi/EFI/debian/shimx64.EFI"])
def test_verify_says_when_a_proof_is_of_another_system(path: str) -> None:
    told = view(proved("SRC1", NOON), proved("MIR1", NOON + 60))
    for at, since in ((NOON + 30, f"; since then {path} changed: rehearse again"), (NOON - 1, "")):
        check = boots_alone(told, plan(), Files(path, at), NOON + 600)
        assert check.detail == f"sda proved 12:00, sdb proved 12:01{since}"
        assert check.ok


def test_lines_of_a_console_are_each_shown_once() -> None:
    assert fresh((), ("a", "b")) == ("a", "b")
    assert fresh(("a", "b"), ("a", "b", "c")) == ("c",)
    assert fresh(("a", "b"), ("b", "c", "d")) == ("c", "d")  # the first was dropped
    assert fresh(("a",), ("b",)) == ("b",)
