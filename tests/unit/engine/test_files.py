"""The state directory, the journal, the lock and plan files: owner, mode, torn lines."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from bootmirror.engine.journal import Journal, JournalTail
from bootmirror.engine.lock import at_work, holder, holders_of_boot, worker_lock
from bootmirror.engine.plan_file import dump_plan, load_plan, read_plan_file
from bootmirror.engine.reporting import StepReport
from bootmirror.engine.state import State
from bootmirror.errors import JournalFailed, Refused, UsageError
from tests.unit.engine.fakes import plan


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state", tmp_path / "run")


def journal(path: Path) -> Journal:
    return Journal(path, "boot-1", lambda: 12.5)


def test_state_is_for_root_alone(state: State) -> None:
    os.umask(0)
    try:
        state.prepare()
        journal(state.journal).append("note", text="x")
        with worker_lock(state.lock):
            pass
        StepReport("copy", journal(state.journal), state.progress).progress(1, 2)
    finally:
        os.umask(0o022)
    assert {p.stat().st_mode & 0o777 for p in (state.root, state.run)} == {0o700}
    files = (state.journal, state.lock, state.progress)
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}


def test_a_symlink_in_place_of_the_state_directory_is_refused(state: State, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    state.root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="not a directory of its own"):
        state.prepare()
    with pytest.raises(Refused):
        state.check()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_state_directory_of_somebody_else_is_refused(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.prepare()
    ours = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: ours + 1)
    with pytest.raises(Refused, match="another user"):
        state.check()


def test_a_state_directory_others_can_write_to_is_refused(state: State) -> None:
    state.prepare()
    state.root.chmod(0o777)
    with pytest.raises(Refused, match="written by others"):
        state.check()


def test_a_disk_that_is_gone_under_the_state_directory_is_told(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: Path, *_rest: object, **_named: object) -> None:
        raise OSError(5, "Input/output error", str(self))

    monkeypatch.setattr(Path, "mkdir", gone)
    with pytest.raises(JournalFailed, match="Input/output error") as told:
        state.prepare()
    assert "dmesg" in told.value.hint


def test_a_symlink_in_place_of_the_journal_is_not_followed(state: State, tmp_path: Path) -> None:
    state.prepare()
    state.journal.symlink_to(tmp_path / "victim")
    with pytest.raises(JournalFailed, match="not a regular file"):
        journal(state.journal).append("note", text="x")
    assert not (tmp_path / "victim").exists()


def test_records_come_back_with_time_boot_and_process(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal(path).append("started", step="check")
    records, fresh = JournalTail(path).read()
    assert fresh
    assert records == [
        {"time": 12.5, "boot_id": "boot-1", "pid": os.getpid(), "kind": "started", "step": "check"}
    ]


def test_only_new_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tail = JournalTail(path)
    assert tail.read() == ([], False)
    journal(path).append("note", text="one")
    assert [r["text"] for r in tail.read()[0]] == ["one"]
    assert tail.read() == ([], False)
    journal(path).append("note", text="two")
    assert [r["text"] for r in tail.read()[0]] == ["two"]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_left_out_and_closed_off(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal"
    journal(path).append("note", text="one")
    whole = path.stat().st_size
    journal(path).append("note", text="two")
    os.truncate(path, whole + cut)
    tail = JournalTail(path)
    assert [r["text"] for r in tail.read()[0]] == ["one"]
    journal(path).append("note", text="three")
    assert [r["text"] for r in tail.read()[0]] == ["three"]
    assert [r["text"] for r in JournalTail(path).read()[0]] == ["one", "three"]


@pytest.mark.parametrize(("written", "read"), [
    ("1795465080.5", 1795465080.5), ("-1", 0.0), ("1e300", 0.0), ("1" + "0" * 400, 0.0),
    ("NaN", 0.0), ("null", 0.0), ('"noon"', 0.0), ("true", 0.0),
])
def test_a_time_that_no_calendar_shows_is_none(tmp_path: Path, written: str, read: float) -> None:
    path = tmp_path / "journal"
    path.write_text(f'{{"kind": "note", "time": {written}}}\n')
    path.chmod(0o600)
    (record,), _ = JournalTail(path).read()
    assert record["time"] == read
    time.strftime("%Y-%m-%d", time.localtime(record["time"]))


def test_another_file_in_its_place_is_read_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    tail = JournalTail(path)
    journal(path).append("note", text="one")
    tail.read()
    path.rename(tmp_path / "old")
    journal(path).append("note", text="new")
    records, fresh = tail.read()
    assert (fresh, [r["text"] for r in records]) == (True, ["new"])


def test_lines_of_several_writers_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = path.read_text().splitlines()
    assert len(lines) == 150
    assert {json.loads(line)["text"][0] for line in lines} == set("abc")


def _write_many(path: Path, name: str) -> None:
    for _ in range(50):
        journal(path).append("note", text=name * 500)


def test_terminal_control_never_enters_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal(path).append("command", argv=("ls", "\x1b[2J"), output=["a\x07b\udcff"])
    record = JournalTail(path).read()[0][0]
    assert record["argv"] == ["ls", "\\x1b[2J"]
    assert record["output"] == ["a\\x07b\\xff"]


def test_the_lock_tells_that_it_is_held_and_by_whom(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not at_work(path)
    with worker_lock(path):
        assert at_work(path)
        assert holder(path) == str(os.getpid())
        with pytest.raises(Refused, match=f"process {os.getpid()}"), worker_lock(path):
            pytest.fail("two workers")
        assert at_work(path)
    assert not at_work(path)


def test_a_worker_of_another_boot_is_not_looked_for(tmp_path: Path) -> None:
    """Its number may be another program's by now."""
    path = tmp_path / "lock"
    with worker_lock(path, "boot-1"):
        pass
    assert holders_of_boot(path, "boot-1") == (os.getpid(),)
    assert holders_of_boot(path, "boot-2") == ()


def test_a_worker_that_left_commands_is_known_until_somebody_has_waited_for_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    path.write_text("4242 boot-1\n17 boot-0\n")
    path.chmod(0o600)
    for _ in range(2):
        with worker_lock(path, "boot-1") as held:
            assert 4242 in held.earlier and 17 not in held.earlier
            assert holder(path) == str(os.getpid())
    with worker_lock(path, "boot-1") as held:
        held.settled()
    with worker_lock(path, "boot-1") as held:
        assert held.earlier == (os.getpid(),)


def test_progress_is_written_once_a_second_at_most(state: State) -> None:
    state.prepare()
    ticks = iter([0.0, 0.4, 0.9, 1.1])
    report = StepReport("copy", journal(state.journal), state.progress, lambda: next(ticks))
    seen = []
    for done in range(4):
        report.progress(done, 10)
        seen.append(json.loads(state.progress.read_text())["done"])
    assert seen == [0, 0, 0, 3]
    report.close()
    assert list(state.run.iterdir()) == []


def test_a_plan_comes_back_as_it_was() -> None:
    assert load_plan(dump_plan(plan())) == plan()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1}'])
def test_what_is_not_a_plan_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        load_plan(text)


def test_a_directory_is_no_plan_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a regular file"):
        read_plan_file(tmp_path)
