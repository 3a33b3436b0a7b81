"""What somebody planted in the state directory is refused before anything is done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootmirror.engine.lock import at_work, worker_lock
from bootmirror.engine.plan_file import dump_plan, read_plan_file, write_plan_file
from bootmirror.engine.state import MOUNT_POINTS, State
from bootmirror.engine.worker import Worker
from bootmirror.errors import Refused
from tests.unit.engine.fakes import plan, recipe
from tests.unit.planting import PLANTS, VICTIM, Plant, untouched

FILES = ("journal", "plan", "lock", "rehearsal_lock", "log", "progress", "rehearsal", "trouble")


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state", tmp_path / "run")
    state.prepare()
    return state


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text(VICTIM)
    return path


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("plant", PLANTS)
def test_no_worker_begins_and_no_reader_reads(
    state: State, victim: Path, name: str, plant: Plant
) -> None:
    path: Path = getattr(state, name)
    plant(path, victim)
    with pytest.raises(Refused, match=str(path)):
        Worker(state, recipe(state.root.with_name("done"))).run()
    with pytest.raises(Refused, match=str(path)):
        state.check()
    assert untouched(victim)


@pytest.mark.parametrize("name", ["late-files", "rehearsal", *MOUNT_POINTS])
def test_nothing_is_mounted_or_kept_through_a_link(
    state: State, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = state.run if name in MOUNT_POINTS else state.root
    (where / name).mkdir()
    state.prepare()
    (where / name).rmdir()
    (where / name).symlink_to(elsewhere)
    with pytest.raises(Refused, match="not a directory of its own"):
        state.prepare()
    assert list(elsewhere.iterdir()) == []


def test_a_run_directory_that_is_not_ours_is_refused_by_readers_too(
    state: State, tmp_path: Path
) -> None:
    state.run.rmdir()
    (tmp_path / "theirs").mkdir(mode=0o700)
    state.run.symlink_to(tmp_path / "theirs")
    with pytest.raises(Refused, match="not a directory of its own"):
        state.check()


@pytest.mark.parametrize("plant", PLANTS)
def test_the_lock_is_neither_taken_nor_asked_through_a_plant(
    state: State, victim: Path, plant: Plant
) -> None:
    plant(state.lock, victim)
    with pytest.raises(Refused), worker_lock(state.lock):
        pytest.fail("taken")
    with pytest.raises(Refused):
        at_work(state.lock)
    assert untouched(victim)


def test_a_plan_is_ours_whatever_lay_there_before(tmp_path: Path) -> None:
    """It once took over owner and mode of the file that it replaced."""
    path = tmp_path / "plan.json"
    path.write_text("an older plan\n")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        write_plan_file(path, plan())
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_plan_file(path) == plan()
    path.chmod(0o620)
    with pytest.raises(Refused, match="written by others"):
        read_plan_file(path)
    with pytest.raises(Refused, match="written by others"):
        write_plan_file(path, plan())
    assert path.read_text() == dump_plan(plan())
