"""Files and directories of ours alone: their mode from the first byte on, and plants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootmirror.errors import Refused
from bootmirror.host.private import (
    make_sure_private,
    new_file,
    open_private,
    read_private,
    read_trusted,
    replace_private,
)
from bootmirror.host.private_directory import (
    make_private_directory,
    make_sure_real,
    opened_directory,
)
from tests.unit.planting import PLANTS, THEIRS, VICTIM, Plant, untouched

APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text(VICTIM)
    return path


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("open_umask")
def test_files_are_closed_before_their_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = os.fdopen

    def look(handle: int, *rest: object, **more: object) -> object:
        seen.append(os.fstat(handle).st_mode & 0o777)
        return real(handle, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("os.fdopen", look)
    replace_private(tmp_path / "replaced", "x", lasting=True)
    handle = open_private(tmp_path / "appended", APPEND)
    seen.append(os.fstat(handle).st_mode & 0o777)
    os.close(handle)
    made = new_file("bootmirror-test-")
    seen.append(mode(made))
    made.unlink()
    assert seen == [0o600] * 3


@pytest.mark.usefixtures("open_umask")
def test_a_file_that_was_open_to_read_is_closed_when_it_is_written(tmp_path: Path) -> None:
    for name in ("appended", "replaced"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o644)
    os.close(open_private(tmp_path / "appended", APPEND))
    replace_private(tmp_path / "replaced", "y")
    assert {mode(tmp_path / "appended"), mode(tmp_path / "replaced")} == {0o600}
    assert (tmp_path / "replaced").read_text() == "y"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["appended", "replaced"]


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_is_refused_and_never_followed(
    tmp_path: Path, victim: Path, plant: Plant
) -> None:
    path = tmp_path / "ours"
    plant(path, victim)
    before = path.lstat()
    for attempt in (
        lambda: os.close(open_private(path, APPEND)),
        lambda: os.close(open_private(path, os.O_RDWR | os.O_CREAT)),
        lambda: read_private(path),
        lambda: replace_private(path, "overwritten"),
        lambda: make_sure_private(path),
    ):
        with pytest.raises(Refused, match=str(path)) as told:
            attempt()
        assert told.value.hint
    assert untouched(victim)
    after = path.lstat()
    assert (after.st_ino, after.st_mode, after.st_uid) == (
        before.st_ino, before.st_mode, before.st_uid)


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.__name__ != "second_name"])
def test_what_a_person_names_must_be_theirs_or_roots(
    tmp_path: Path, victim: Path, plant: Plant
) -> None:
    path = tmp_path / "plan.json"
    plant(path, victim)
    with pytest.raises(Refused, match=str(path)):
        read_trusted(path, 100)


def test_a_named_file_is_read_to_its_end_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"x" * 100)
    assert read_trusted(path, 100) == b"x" * 100
    with pytest.raises(Refused, match="longer than 99 bytes"):
        read_trusted(path, 99)


def test_a_plant_under_the_temporary_name_is_not_written_through(
    tmp_path: Path, victim: Path
) -> None:
    path = tmp_path / "ours"
    path.with_name(f".ours.{os.getpid()}").symlink_to(victim)
    replace_private(path, "new")
    assert path.read_text() == "new"
    assert not path.is_symlink()
    assert untouched(victim)


def test_a_replaced_file_is_whole_or_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ours"
    replace_private(path, "old")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace_private(path, "new", lasting=True)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["ours"]


@pytest.mark.usefixtures("open_umask")
def test_directories_are_closed(tmp_path: Path) -> None:
    made = tmp_path / "state"
    make_private_directory(made)
    assert mode(made) == 0o700
    made.chmod(0o755)
    make_private_directory(made)
    assert mode(made) == 0o700


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.__name__ != "directory"])
def test_what_is_planted_in_place_of_a_directory_is_refused(
    tmp_path: Path, victim: Path, plant: Plant
) -> None:
    path = tmp_path / "state"
    plant(path, victim)
    with pytest.raises(Refused, match="not a directory of its own"):
        make_private_directory(path)
    with pytest.raises(Refused, match="not a directory of its own"):
        make_sure_real(path)
    with pytest.raises(Refused, match="not a directory of its own"), opened_directory(path):
        pytest.fail("opened")
    assert untouched(victim)


def test_a_link_to_a_directory_is_none(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere").chmod(0o755)
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        make_private_directory(tmp_path / "state")
    assert mode(tmp_path / "elsewhere") == 0o755


@as_root
def test_a_directory_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    theirs = tmp_path / "state"
    theirs.mkdir()
    theirs.chmod(0o755)
    os.chown(theirs, THEIRS, THEIRS)
    with pytest.raises(Refused, match="another user"):
        make_private_directory(theirs)
    with pytest.raises(Refused, match="another user"), opened_directory(theirs):
        pytest.fail("opened")
    assert mode(theirs) == 0o755
