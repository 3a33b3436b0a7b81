"""The walk that finds late files, and the configuration files that were edited late."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootmirror.steps.late_walk import late_files

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


def test_everything_in_a_directory_that_is_new_counts_as_late(trees: tuple[str, str]) -> None:
    source, copy = trees
    Path(copy, "d" * 100).rename(Path(copy, "renamed"))
    never = 1e12  # no file changed after that
    found = {late.path.rsplit("/", 1)[-1]
             for late in late_files(source, copy, never, ())}
    assert found == {"alike", "other", "link"}


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
