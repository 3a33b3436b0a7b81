"""A system that grows: until there is no room, and it must be more than the mirror takes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.lab.guest import growing

FULL = growing.LEAVES + (100 << 10)


@pytest.fixture
def grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On a disk that takes so many bytes and not one more."""
    write, place = os.write, tmp_path / "grown"

    def writes(handle: int, data: bytes) -> int:
        if os.fstat(handle).st_size + len(data) > FULL:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(growing, "GROWN", place)
    monkeypatch.setattr(os, "write", writes)
    return place


def test_it_grows_until_there_is_no_room_and_gives_some_back(
    grown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "room_on_copy", lambda: 0)
    growing.grows("/")
    assert grown.stat().st_size == FULL - growing.LEAVES


def test_what_fits_the_mirror_all_the_same_is_no_fault(
    grown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del grown
    monkeypatch.setattr(growing, "room_on_copy", lambda: 1 << 60)
    with pytest.raises(RuntimeError, match="fit the mirror"):
        growing.grows("/")


def test_another_error_than_no_room_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(handle: int, data: bytes) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "write", breaks)
    with pytest.raises(OSError, match="Input/output"):
        growing.fill(1)
