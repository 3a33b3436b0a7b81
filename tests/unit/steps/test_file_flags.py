"""Inode flags on the copy; where this machine's temporary directory can have them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.steps import file_flags
from bootmirror.steps.file_flags import ClearFlags, KeepFlags, flagged, get_flags, set_flags
from tests.unit.steps.test_copying import Quiet

NODUMP = 0x40  # which needs no right but the owner's
IMMUTABLE = 0x10


@contextlib.contextmanager
def handle_of(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY)
    yield handle
    os.close(handle)


def flag(path: Path, flags: int) -> None:
    with handle_of(path) as handle:
        set_flags(handle, get_flags(handle) | flags)


def flags_of(path: Path) -> int:
    with handle_of(path) as handle:
        return get_flags(handle) & file_flags.KEPT


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("source", "copy"):
        (tmp_path / name / "etc").mkdir(parents=True)
        for file in ("resolv.conf", "fstab", "plain"):
            (tmp_path / name / "etc" / file).write_text(file)
    try:
        flag(tmp_path / "source/etc/resolv.conf", NODUMP)
    except OSError:
        pytest.skip("the file system of the temporary directory has no such flags")
    flag(tmp_path / "source/etc", NODUMP)
    flag(tmp_path / "source/etc/fstab", NODUMP)
    return tmp_path / "source", tmp_path / "copy"


def test_the_copy_gets_the_sources_flags_but_for_its_own_files(trees: tuple[Path, Path]) -> None:
    source, copy = trees
    flag(copy / "etc/plain", NODUMP)
    (source / "etc/new").write_text("came later")
    flag(source / "etc/new", NODUMP)
    ClearFlags(str(copy)).perform(Host(), Quiet())
    assert list(flagged(str(copy))) == []
    KeepFlags(str(source), str(copy), ("/etc/fstab",)).perform(Host(), Quiet())
    assert {path.name: flags_of(path) for path in (copy, copy / "etc", *copy.glob("etc/*"))} == {
        "copy": 0, "etc": NODUMP, "resolv.conf": NODUMP, "fstab": 0, "plain": 0}


def test_a_flag_that_cannot_be_set_is_told(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(handle: int, flags: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(file_flags, "set_flags", refused)
    with pytest.raises(StepFailed, match=r"flags of /etc.* could not be set.*not permitted"):
        KeepFlags(str(trees[0]), str(trees[1])).perform(Host(), Quiet())


def test_a_file_system_without_flags_is_passed_over() -> None:
    assert list(flagged("/proc/self/fdinfo")) == []


def test_what_goes_away_meanwhile_is_passed_over(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a system at work: a file, and a directory, between two looks."""
    source, _ = trees
    (source / "spool/deeper").mkdir(parents=True)
    listed = os.scandir

    def and_then_gone(handle: int) -> os._ScandirIterator[str]:
        (source / "etc/plain").unlink(missing_ok=True)
        found = listed(handle)
        if (source / "spool").exists():
            (source / "spool").rename(source / "moved")
        return found

    monkeypatch.setattr(os, "scandir", and_then_gone)
    found = {path for path, _, _ in flagged(str(source))}
    assert found == {"etc", "etc/resolv.conf", "etc/fstab"}


def test_what_cannot_be_read_is_named(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad(handle: int) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(file_flags, "get_flags", bad)
    with pytest.raises(StepFailed, match="could not be read: Input/output error"):
        list(flagged(str(trees[0])))
