"""Each command, its exit code, and what it says."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bootmirror.cli import running
from bootmirror.cli.entry import main
from bootmirror.cli.running import confirming
from bootmirror.engine.lock import worker_lock
from bootmirror.engine.plan_file import dump_plan, read_plan_file
from bootmirror.engine.view import Phase
from bootmirror.errors import ExitCode, Refused
from bootmirror.kinds.refusal import Refusal
from tests.unit.cli.conftest import Run
from tests.unit.engine.conftest import MIRROR, SOURCE, Conversion, at_the_reboot
from tests.unit.engine.fake_session import Session
from tests.unit.engine.fakes import FIRST_HALF, SDA, plan

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def plan_file(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    assert run("plan", "--source", "sda", "--mirror", "/dev/sdb", "--out", path) == 0
    return path


def test_plan_writes_a_file_only_we_can_read(run: Run, tmp_path: Path, capsys: Capture) -> None:
    plan_file = tmp_path / "plan.json"
    assert run("plan", "--source", "sda", "--mirror", "/dev/sdb", "--out", plan_file) == 0
    assert plan_file.stat().st_mode & 0o777 == 0o600
    assert read_plan_file(plan_file).mirror.serial == "MIR1"
    assert "sda mirrored onto sdb" in capsys.readouterr().out


def test_a_dry_run_prints_every_action_and_does_nothing(
    run: Run, session: Session, capsys: Capture
) -> None:
    assert run("plan", "--source", "sda", "--mirror", "sdb", "--dry-run") == 0
    out = capsys.readouterr().out
    assert "partition-mirror: Partition mirror  (erases MIR1)\n    do partition-mirror" in out
    assert out.index("-- reboot --") < out.index("do confirm-first-boot")
    assert not session.conversion.state.root.exists()


def test_plan_refuses_with_all_reasons_on_one_line(
    run: Run, session: Session, capsys: Capture
) -> None:
    session.refusals = (
        Refusal("mounted", "sdb1 is mounted on /x.", "Unmount it."), Refusal("ro", "It is ro."),
    )
    assert run("plan", "--source", "sda", "--mirror", "sdb") == 3
    err = capsys.readouterr().err
    assert err == "bootmirror: sdb1 is mounted on /x. Unmount it. It is ro.\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["frobnicate"],
        ["plan"],
        ["plan", "--source", "sda", "--mirror", "sdb", "--set", "speed=fast"],
        ["plan", "--source", "sda", "--mirror", "sdb", "--set", "allow_removable=perhaps"],
        ["apply"],
        ["apply", "/nonexistent/plan.json", "--erase", "MIR1"],
        ["resume", "--eras", "MIR1"],
    ],
)
def test_a_wrong_command_line_is_one_line_and_2(run: Run, argv: list[str], capsys: Capture) -> None:
    assert run(*argv) == 2
    err = capsys.readouterr().err
    assert err.startswith("bootmirror: ")
    assert err.count("\n") == 1


def test_an_unknown_disk_is_refused(run: Run, capsys: Capture) -> None:
    assert run("plan", "--source", "sda", "--mirror", "sdz") == 3
    assert "no disk sdz" in capsys.readouterr().err


@pytest.mark.parametrize("erase", [[], ["--erase", "SRC1"], ["--erase", "mir1"]])
def test_apply_without_the_mirrors_id_is_refused_before_anything_changes(
    run: Run, session: Session, plan_file: Path, erase: list[str], capsys: Capture
) -> None:
    assert run("apply", plan_file, *erase) == 3
    assert "MIR1" in capsys.readouterr().err
    assert session.view().phase is Phase.NONE
    assert not session.conversion.state.root.exists()


def test_apply_runs_to_the_reboot_and_resume_to_the_end(
    run: Run, session: Session, plan_file: Path, capsys: Capture
) -> None:
    capsys.readouterr()
    assert run("apply", plan_file, "--erase", "MIR1") == 4
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(FIRST_HALF)]] == FIRST_HALF
    assert lines[-2].startswith("Ready to reboot.")
    assert session.conversion.effects == FIRST_HALF

    session.conversion.reboot(md=True)
    assert run("resume") == 3
    assert "SRC1" in capsys.readouterr().err
    assert session.conversion.effects[-1] == "read-back-mirror"
    assert run("resume", "--erase", "MIR1") == 3
    assert session.conversion.effects[-1] == "read-back-mirror"
    assert run("resume", "--erase", "SRC1") == 0
    assert session.conversion.effects[-1] == "verify"
    assert run("resume") == 0
    assert "Mirrored." in capsys.readouterr().out


def test_resume_goes_as_far_as_it_can_without_the_old_disk(
    run: Run, session: Session, conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without systemd nothing else confirms the first boot, and gives the mirror its boot sector.
    """
    at_the_reboot(conversion)
    conversion.reboot(md=True)

    def gone(*_: object) -> None:
        raise Refused("The source sda is not here.", "Attach it.")

    monkeypatch.setattr(session, "actions", gone)
    assert run("resume") == ExitCode.REFUSED
    assert conversion.effects[-1] == "read-back-mirror"


def test_resume_waits_for_the_worker_that_the_first_boot_starts(conversion: Conversion) -> None:
    """It confirms the boot, and nothing more: resume must neither refuse nor merely follow it."""
    conversion.approve(MIRROR)
    with worker_lock(conversion.state.lock):
        assert not confirming(conversion.view())  # the first half is at work
    conversion.work()
    conversion.reboot(md=True)
    with worker_lock(conversion.state.lock):
        assert confirming(conversion.view())
    conversion.work(until="confirm-first-boot")
    with worker_lock(conversion.state.lock):
        assert confirming(conversion.view())
        conversion.journal().append("started", step="read-back-mirror")
        assert not confirming(conversion.view())


def test_resume_goes_on_where_the_first_boots_worker_was_quicker(
    run: Run, session: Session, conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw nobody at work, and the other took the lock."""
    at_the_reboot(conversion)
    conversion.reboot(md=True)
    start, calls = session.start, []

    def quicker() -> None:
        calls.append(1)
        if len(calls) == 1:
            conversion.work(until="confirm-first-boot")
        else:
            start()

    monkeypatch.setattr(session, "start", quicker)
    assert run("resume", "--erase", SOURCE[1]) == ExitCode.DONE
    assert len(calls) == 2
    assert conversion.view().phase is Phase.DONE


def test_resume_before_the_reboot_still_says_reboot(
    run: Run, session: Session, plan_file: Path
) -> None:
    run("apply", plan_file, "--erase", "MIR1")
    assert run("resume") == 4
    session.conversion.world.set(skew=121)
    assert run("resume") == 4
    assert session.conversion.effects == [*FIRST_HALF, "final-copy", "reboot"]


def test_a_failed_step_is_1_and_resume_goes_on(
    run: Run, session: Session, plan_file: Path, capsys: Capture
) -> None:
    trouble = session.conversion.trouble("copy-system")
    assert run("apply", plan_file, "--erase", "MIR1") == 1
    assert capsys.readouterr().err == "bootmirror: It broke. Mend it.\n"
    trouble.unlink()
    assert run("resume") == 4


def test_after_a_fall_back_a_person_must_look(
    run: Run, session: Session, plan_file: Path, capsys: Capture
) -> None:
    run("apply", plan_file, "--erase", "MIR1")
    session.conversion.reboot(md=False)
    capsys.readouterr()
    assert run("resume") == 5
    err = capsys.readouterr().err
    assert "GRUB found no array." in err
    assert "resume --erase MIR1" in err
    assert session.conversion.effects == FIRST_HALF
    assert run("resume", "--erase", "MIR1") == 4
    assert session.conversion.effects == [*FIRST_HALF, *FIRST_HALF[1:]]
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert told[: len(FIRST_HALF) - 1] == FIRST_HALF[1:]  # each step that it did again


def test_a_stale_plan_is_refused_with_the_differences(
    run: Run, session: Session, plan_file: Path, capsys: Capture
) -> None:
    session.conversion.world.set(all=["kernel: 6.2, was 6.1"])
    assert run("apply", plan_file, "--erase", "MIR1") == 3
    assert "kernel: 6.2, was 6.1" in capsys.readouterr().err
    assert session.conversion.effects == []


def test_another_plan_is_refused_while_one_is_under_way(
    run: Run, session: Session, plan_file: Path, capsys: Capture
) -> None:
    run("apply", plan_file, "--erase", "MIR1")
    assert run("apply", plan_file, "--erase", "MIR1") == 3
    assert "under way" in capsys.readouterr().err


def test_edited_configs_are_taken_back(
    run: Run, session: Session, tmp_path: Path, capsys: Capture
) -> None:
    configs, made = tmp_path / "configs", tmp_path / "plan.json"
    words = ("plan", "--source", "sda", "--mirror", "sdb", "--configs", configs, "--out", made)
    assert run(*words) == 0
    fstab = configs / "etc-fstab"
    assert fstab.read_text() == "generated\n"
    fstab.write_text("wrong\n")
    assert run("apply", made, "--configs", configs, "--erase", "MIR1") == 3
    assert "/etc/fstab:1:1 this is wrong; correct it" in capsys.readouterr().err
    assert run(*words) == 3  # what was edited is not lost
    assert fstab.read_text() == "wrong\n"
    fstab.write_text("mine\n")
    assert run("apply", made, "--configs", configs, "--erase", "MIR1") == 4
    approved = session.approved()
    assert approved is not None
    assert approved.config("fstab").text == "mine\n"


def test_edited_configs_of_a_plan_made_on_other_facts_are_refused_with_the_differences(
    run: Run, session: Session, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    configs, made = tmp_path / "configs", tmp_path / "plan.json"
    run("plan", "--source", "sda", "--mirror", "sdb", "--configs", configs, "--out", made)
    monkeypatch.setattr(
        session, "plan", lambda machine, choices: replace(plan(), fingerprint="another"))
    monkeypatch.setattr(running, "differences", lambda *_: ("/etc/fstab was edited",))
    assert run("apply", made, "--configs", configs, "--erase", "MIR1") == 3
    assert "when the plan was made: /etc/fstab was edited." in capsys.readouterr().err


def test_a_resume_whose_conversion_is_undone_meanwhile_is_refused(
    run: Run, session: Session, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.approve(plan())

    def undone_first() -> None:
        session.conversion.journal().append("undone", plan_id="plan-1")

    monkeypatch.setattr(session, "start", undone_first)
    assert run("resume", "--erase", "MIR1") == 3
    assert "Undone." in capsys.readouterr().out


def test_undo(run: Run, session: Session, plan_file: Path, capsys: Capture) -> None:
    assert run("undo") == 3
    session.approve(plan())
    assert run("undo") == 0
    assert "Undone." in capsys.readouterr().out


def test_undo_of_a_mirror_that_is_newer_wants_its_id(
    run: Run, session: Session, capsys: Capture
) -> None:
    at_the_reboot(session.conversion)
    session.conversion.reboot(md=False)
    session.conversion.world.set(ran=True)
    assert run("undo") == 3
    assert "bootmirror undo --erase MIR1" in capsys.readouterr().err
    assert run("undo", "--erase", "SRC1") == 3
    assert run("undo", "--erase", "MIR1") == 0
    assert (session.conversion.where / "blanked").exists()


def test_resume_without_a_conversion_is_refused(run: Run, capsys: Capture) -> None:
    assert run("resume") == 3
    assert "No conversion" in capsys.readouterr().err


def test_status_says_where_it_stands(run: Run, capsys: Capture) -> None:
    assert run("status") == 0
    out = capsys.readouterr().out
    assert "Nothing has been changed." in out
    assert "SRC1" in out


def test_json_carries_a_schema_version(
    run: Run, session: Session, plan_file: Path, capsys: Capture
) -> None:
    capsys.readouterr()
    run("apply", plan_file, "--erase", "MIR1", "--json")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["schema"] for line in lines} == {1}
    assert [line["id"] for line in lines[:-1]] == FIRST_HALF
    assert (lines[-1]["event"], lines[-1]["exit_code"]) == ("end", 4)
    run("status", "--json")
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(told) == {"schema", "conversion", "disks", "arrays", "hostname"}
    assert told["conversion"]["phase"] == "reboot"
    assert told["conversion"]["steps"][0]["state"] == "finished"


def test_verify_tells_each_check(
    run: Run, session: Session, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("verify") == 3
    session.approve(plan())
    checks = [SimpleNamespace(name="arrays", ok=True, detail="[UU]", advice="Wait.")]
    module = SimpleNamespace(verify_checks=lambda host, approved: tuple(checks))
    monkeypatch.setitem(__import__("sys").modules, "bootmirror.steps.verify", module)
    assert run("verify") == 0
    checks.append(SimpleNamespace(name="boot loader", ok=False, detail="none on sda",
                                  advice="Run grub-install."))
    capsys.readouterr()
    assert run("verify") == 1
    told = capsys.readouterr().out
    assert "FAIL  boot loader: none on sda\n      Run grub-install.\n" in told
    assert "Wait." not in told
    assert run("verify", "--json") == 1
    plain = json.loads(capsys.readouterr().out)
    assert plain["ok"] is False
    assert plain["checks"][1] == {"name": "boot loader", "ok": False, "detail": "none on sda",
                                  "advice": "Run grub-install."}


@pytest.mark.parametrize("command", ["status", "capture", "resume", "undo", "verify"])
def test_who_is_not_root_is_refused(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert main([command]) == 3
    assert "must run as root" in capsys.readouterr().err


@pytest.mark.parametrize(("mode", "reason"), [(0o606, "written by others"), (0o600, "another")])
def test_a_plan_somebody_else_may_have_written_is_refused(
    run: Run, tmp_path: Path, mode: int, reason: str, capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "theirs.json"
    path.write_text(dump_plan(plan()))
    path.chmod(mode)
    if mode == 0o600:
        status = path.stat()
        theirs = os.stat_result((*status[:4], 12345, *status[5:]))
        monkeypatch.setattr("os.fstat", lambda handle: theirs)
    assert run("apply", path, "--erase", "MIR1") == 3
    assert reason in capsys.readouterr().err


def test_a_recording_is_looked_at_by_anybody_and_changed_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    from bootmirror.machine.recording import dump_machine
    from tests.unit.engine.fakes import machine

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    path, made = tmp_path / "machine.json", tmp_path / "plan.json"
    path.write_text(dump_machine(machine()))
    assert main(["--machine", str(path), "capture"]) == 0
    assert capsys.readouterr().out == path.read_text()
    assert main(["status", "--machine", str(path)]) == 0
    assert "A recording of web1" in capsys.readouterr().out
    made.write_text(dump_plan(plan()))
    assert main(["resume", "--machine", str(path)]) == 3
    assert main(["undo", "--machine", str(path)]) == 3
    assert "only be looked at" in capsys.readouterr().err
    path.write_text("{}")
    assert main(["status", "--machine", str(path)]) == 2


def test_ctrl_c_leaves_and_the_work_goes_on(
    run: Run, session: Session, plan_file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.worker_seconds = 0.1

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bootmirror.cli.follow.time", SimpleNamespace(sleep=interrupt))
    assert run("apply", plan_file, "--erase", "MIR1") == 130
    assert "the work goes on" in capsys.readouterr().err
    assert session.wait().phase is Phase.REBOOT


def test_a_fault_is_one_line_and_its_traceback_in_a_file(
    run: Run, session: Session, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bootmirror.engine.state.ROOT", tmp_path / "faults")
    monkeypatch.setattr("bootmirror.cli.entry._write_down", _log_to(tmp_path / "log"))
    monkeypatch.setattr(session, "look", lambda: 1 / 0)
    assert run("status") == 1
    err = capsys.readouterr().err
    assert re.fullmatch(r"bootmirror: A fault .*ZeroDivisionError.*log\.\n", err)


def test_the_version(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("bootmirror ")


def _log_to(path: Path) -> Any:
    from bootmirror.engine.log import Log

    def write(error: Exception) -> str:
        Log(path).exception(error)
        assert "Traceback" in path.read_text()
        return str(path)

    return write


def test_the_conversion_and_disk_used_here_are_as_expected(conversion: Conversion) -> None:
    """The tests above lean on these ids."""
    assert (plan().source.id, plan().mirror.id, SDA.id) == ("SRC1", "MIR1", "SRC1")
    assert conversion.effects == []


def test_what_bootmirror_writes_is_closed_to_others_whatever_the_callers_umask(run: Run) -> None:
    before = os.umask(0)
    try:
        assert run("status") == 0
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
