"""Where late files are kept: no link leads out of it, and others do not get in."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.errors import CommandFailed, NeedsPerson, Refused, StepFailed
from bootmirror.host.host import Host, Result
from bootmirror.steps import late_files
from bootmirror.steps.late_files import SaveLateFiles, keep, make_place
from bootmirror.steps.late_walk import LateFile
from bootmirror.steps.noted_times import NoteTime
from bootmirror.steps.places import by_depth, origin
from tests.unit.steps.test_confirm import PLAN
from tests.unit.steps.test_copying import Quiet

PATH_MAX = 4096  # linux/limits.h, with the 0 at its end
SAVE = SaveLateFiles(PLAN, tuple(by_depth(PLAN)))


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "state"
    monkeypatch.setattr(late_files, "STATE", str(place))
    monkeypatch.setattr(late_files, "FINAL_COPY_BEGAN", f"{place}/final-copy-began")
    monkeypatch.setattr(late_files, "KEPT", f"{place}/late-files")
    return place


def note(state: Path) -> None:
    NoteTime(f"{state}/final-copy-began", "late").perform(Host(), Quiet())


def test_all_of_it_is_closed_to_others_whatever_the_umask(state: Path) -> None:
    before = os.umask(0)
    try:
        note(state)
        make_place(Host(), f"{state}/late-files/srv/mail")
    finally:
        os.umask(before)
    assert (state / "final-copy-began").stat().st_mode & 0o777 == 0o600
    assert {p.stat().st_mode & 0o777 for p in (state, state / "late-files")} == {0o700}
    assert (state / "late-files/srv/mail").is_dir()


def test_directories_of_an_earlier_pass_are_used_again(state: Path) -> None:
    """They have the owner and mode of the old system's."""
    note(state)
    make_place(Host(), f"{state}/late-files/srv")
    (state / "late-files/srv").chmod(0o777)
    make_place(Host(), f"{state}/late-files/srv")
    assert (state / "late-files").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("place", ["late-files", "late-files/srv", "late-files/srv/mail"])
def test_a_link_on_the_way_is_refused(state: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    note(state)
    (state / place).parent.mkdir(parents=True, exist_ok=True)
    (state / place).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match=f"{state / place} is not a directory"):
        make_place(Host(), f"{state}/late-files/srv/mail")
    assert list((tmp_path / "elsewhere").iterdir()) == []


class Failing(Host):
    """rsync says this."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said

    def run(self, argv: Sequence[str], **_named: Any) -> Result:
        raise CommandFailed(argv, 23, self.said)


def test_one_that_cannot_be_read_is_named(state: Path) -> None:
    note(state)
    failing = Failing('rsync: [sender] read errors mapping '
                      f'"{origin(PLAN.root)}/srv/mail": Input/output error (5)')
    with pytest.raises(StepFailed) as caught:
        keep(failing, PLAN.root, [LateFile("srv/mail", 512)])
    assert caught.value.message == (
        "Written after the last copy, 1 file could not be copied: /srv/mail: Input/output error.")
    assert "stays on it" in caught.value.hint


@pytest.fixture
def old_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "old"
    place.mkdir()
    monkeypatch.setattr(late_files, "origin", lambda _filesystem: str(place))
    return place


def test_no_name_is_passed_over(state: Path, old_root: Path) -> None:
    """rsync takes some lines of its list for comments."""
    names = ("#recycle/mail", ";it", "-e", "#", "plain", os.fsdecode(b"\xff\n"))
    for name in names:
        (old_root / name).parent.mkdir(exist_ok=True)
        (old_root / name).write_text(name, errors="surrogateescape")
    note(state)
    keep(Host(), PLAN.root, [LateFile(name, 512) for name in names])
    for name in names:
        kept = state / "late-files" / name
        assert kept.read_text(errors="surrogateescape") == name


def test_a_path_that_is_longer_where_it_is_kept_is_seen_there(
    state: Path, old_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "/".join(["d" * 100] * 39 + ["f" * 120])
    (old_root / name).parent.mkdir(parents=True)
    monkeypatch.chdir(old_root)
    Path(name).write_text("late")
    assert len(f"{state}/late-files/{name}") > PATH_MAX
    note(state)
    keep(Host(), PLAN.root, [LateFile(name, 512)])


def test_what_did_not_arrive_is_not_told_as_kept(
    state: Path, old_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old_root / "mail").write_text("late")
    monkeypatch.setattr(Host, "run", lambda *_args, **_named: Result(0, "", ""))
    note(state)
    with pytest.raises(StepFailed, match="could not be copied: /mail: it did not arrive"):
        keep(Host(), PLAN.root, [LateFile("mail", 512)])


def test_room_that_somebody_took_meanwhile_is_told_as_such(state: Path) -> None:
    note(state)
    failing = Failing(f'rsync: [receiver] mkstemp "{state}/late-files/srv/.mail.a1B2c3" failed: '
                      "No space left on device (28)")
    with pytest.raises(NeedsPerson, match="No room is left") as caught:
        keep(failing, PLAN.root, [LateFile("srv/mail", 512)])
    assert "mount a larger file system" in caught.value.hint


def test_an_old_disk_that_cannot_be_looked_through_is_told(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> Iterator[LateFile]:
        raise OSError(errno.EIO, "Input/output error")

    note(state)
    monkeypatch.setattr(late_files, "late_files", broken)
    with pytest.raises(StepFailed, match="cannot be looked through: Input/output error"):
        SAVE.perform(Host(), Quiet())


class Rooms(Host):
    """Free bytes by directory; what is not named is not there. Inodes: in all, and free."""

    def __init__(self, free: dict[str, int], inodes: tuple[int, int] = (0, 0)) -> None:
        super().__init__()
        self.free, self.inodes = free, inodes

    def usage(self, path: str) -> os.statvfs_result | None:
        free = self.free.get(Path(path).name.replace("-", "_"))
        if free is None:
            return None
        every, left = self.inodes
        return os.statvfs_result((1, 1, free, free, free, every, left, left, 0, 255))


@pytest.mark.parametrize(("free", "fits"), [
    ({"state": 2 << 30}, True),
    ({"state": 1 << 30}, False),
    ({"state": 1 << 30, "late_files": 2 << 30}, True),
    ({"state": 2 << 30, "late_files": 1 << 30}, False),
], ids=["room", "none", "a larger disk mounted there", "a full one"])
def test_room_is_looked_for_where_they_are_kept(
    state: Path, monkeypatch: pytest.MonkeyPatch, free: dict[str, int], fits: bool
) -> None:
    kept: list[LateFile] = []
    monkeypatch.setattr(late_files, "late_files", lambda *_: iter([LateFile("srv/disk", 1 << 29)]))
    monkeypatch.setattr(late_files, "keep", lambda _host, _filesystem, files: kept.extend(files))
    note(state)
    if fits:
        SAVE.perform(Rooms(free), Quiet())
    else:
        with pytest.raises(NeedsPerson) as caught:
            SAVE.perform(Rooms(free), Quiet())
        assert str(state / "late-files") in caught.value.hint
    assert bool(kept) is fits


@pytest.mark.parametrize(("inodes", "told"), [
    ((9_000, 2_005), ""),  # three files in two directories
    ((9_000, 2_004), "3 files .* and only 2004 inodes are free"),
    ((9_000, 0), "only 0 inodes are free"),
    ((0, 0), ""),  # the file system makes them as it needs them
])
def test_the_system_keeps_some_inodes(
    state: Path, monkeypatch: pytest.MonkeyPatch, inodes: tuple[int, int], told: str
) -> None:
    found = [LateFile("srv/one", 512), LateFile("srv/two", 512), LateFile("opt/three", 512)]
    kept: list[LateFile] = []
    monkeypatch.setattr(late_files, "late_files",
                        lambda source, *_: iter(found if source == origin(PLAN.root) else ()))
    monkeypatch.setattr(late_files, "keep", lambda _host, _filesystem, files: kept.extend(files))
    note(state)
    if told:
        with pytest.raises(NeedsPerson, match=told):
            SAVE.perform(Rooms({"state": 2 << 30}, inodes), Quiet())
    else:
        SAVE.perform(Rooms({"state": 2 << 30}, inodes), Quiet())
    assert kept == ([] if told else found)


def test_nothing_to_keep_needs_no_room(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_files, "late_files", lambda *_: iter(()))
    note(state)
    SAVE.perform(Rooms({"state": 1}, (9, 0)), Quiet())
