"""The walk that finds late files, and the configuration files that were edited late."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootmirror.steps.late_walk import late_files

TICK = 0.05  # seconds: more than the kernel's clock takes to move on
LEVELS = 60  # of 101 bytes each: half as long again as PATH_MAX


def deep(top: Path) -> None:
    """A tree whose lowest files no path reaches."""
    handle = os.open(top, os.O_RDONLY)
    for _ in range(LEVELS):
        os.mkdir("d" * 100, dir_fd=handle)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    for name in ("alike", "other"):
        with open(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=handle), "w") as file:  # noqa: PTH123
            file.write(f"{name}\n")
        os.utime(name, (1, 1), dir_fd=handle)
    os.symlink("here", "link", dir_fd=handle)
    os.close(handle)


@pytest.fixture
def trees(tmp_path: Path) -> Iterator[tuple[str, str]]:
    for name in ("source", "copy"):
        (tmp_path / name).mkdir()
        deep(tmp_path / name)
    yield str(tmp_path / "source"), str(tmp_path / "copy")
    shutil.rmtree(tmp_path)


def renamed_now(path: Path) -> float:
    """Rename a directory a moment later; when that was."""
    time.sleep(TICK)
    path.rename(path.with_name("renamed"))
    return path.with_name("renamed").stat().st_ctime


def at_the_bottom(top: str) -> int:
    handle = os.open(top, os.O_RDONLY)
    for _ in range(LEVELS):
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    return handle


def test_files_beyond_the_longest_path_are_compared(trees: tuple[str, str]) -> None:
    bottom = at_the_bottom(trees[0])
    os.utime("link", ns=(7, 7), dir_fd=bottom, follow_symlinks=False)
    with open(os.open("other", os.O_TRUNC | os.O_WRONLY, dir_fd=bottom), "w") as file:  # noqa: PTH123
        file.write("OTHER\n")  # as long, and as old
    os.utime("other", (1, 1), dir_fd=bottom)
    os.close(bottom)
    found = {late.path.rsplit("/", 1)[-1] for late in late_files(*trees, 0.0, ())}
    assert found == {"link", "other"}


def test_a_file_whose_attributes_alone_changed_is_late(tmp_path: Path) -> None:
    """Capabilities and ACLs are such."""
    for tree in ("source", "copy"):
        (tmp_path / tree).mkdir()
        for name in ("same", "more", "other", "none"):
            file = tmp_path / tree / name
            file.touch()
            os.utime(file, (1, 1))
            if name != "none":
                os.setxattr(file, "user.dosattrib", b"1")
    os.setxattr(tmp_path / "source/more", "user.more", b"1")
    os.setxattr(tmp_path / "source/other", "user.dosattrib", b"2")
    found = late_files(str(tmp_path / "source"), str(tmp_path / "copy"), 0.0, ())
    assert {late.path for late in found} == {"more", "other"}


def test_everything_in_a_directory_that_was_renamed_since_counts_as_late(
    trees: tuple[str, str]
) -> None:
    source, copy = trees
    since = renamed_now(Path(source, "d" * 100))
    found = {late.path.rsplit("/", 1)[-1] for late in late_files(source, copy, since, ())}
    assert found == {"alike", "other", "link"}


def test_so_it_does_within_a_directory_that_the_mirror_lacks(tmp_path: Path) -> None:
    (tmp_path / "source/gone/inner/moved/below").mkdir(parents=True)
    (tmp_path / "copy").mkdir()
    for name in ("here", "inner/here", "inner/moved/below/there"):
        (tmp_path / "source/gone" / name).write_text("old")
    since = renamed_now(tmp_path / "source/gone/inner/moved")
    found = late_files(f"{tmp_path}/source", f"{tmp_path}/copy", since, ())
    assert [late.path for late in found] == ["gone/inner/renamed/below/there"]


@pytest.mark.parametrize("instead", ["nothing", "a link", "a file"])
def test_a_directory_removed_on_the_mirror_is_not_late(tmp_path: Path, instead: str) -> None:
    """What was deleted there on purpose did not come late; what was written into it did."""
    for name in ("source/home/bob/mail", "copy/home", "copy/elsewhere/mail"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("bob/notes", "bob/mail/old"):
        (tmp_path / "source/home" / name).write_text("as it was copied")
    time.sleep(TICK)
    new = tmp_path / "source/home/bob/mail/new"
    new.write_text("came late")
    if instead == "a link":
        shutil.copy2(new, tmp_path / "copy/elsewhere/mail")
        (tmp_path / "copy/home/bob").symlink_to(tmp_path / "copy/elsewhere")
    elif instead == "a file":
        (tmp_path / "copy/home/bob").write_text("packed")
    found = late_files(f"{tmp_path}/source", f"{tmp_path}/copy", new.stat().st_ctime, ())
    assert [late.path for late in found] == ["home/bob/mail/new"]


def test_what_did_not_change_since_is_not_looked_into(trees: tuple[str, str]) -> None:
    assert list(late_files(*trees, 1e12, ())) == []


def test_a_file_that_cannot_be_read_counts_as_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keeping it then names it: the walk alone would end with an error without a path."""
    for name in ("source", "copy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("same")
        os.utime(tmp_path / name / "file", (1, 1))
    trees = str(tmp_path / "source"), str(tmp_path / "copy")
    assert list(late_files(*trees, 0.0, ())) == []

    def broken(*_args: object, **_named: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("builtins.open", broken)
    assert [late.path for late in late_files(*trees, 0.0, ())] == ["file"]
