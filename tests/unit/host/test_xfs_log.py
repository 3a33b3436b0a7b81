"""XFS is waited for until its log's tail has come to where the head was; no longer than LONGEST."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bootmirror.host import xfs_log
from bootmirror.host.xfs_log import written_back


@contextmanager
def opened(directory: Path) -> Iterator[int]:
    handle = os.open(directory, os.O_RDONLY)
    yield handle
    os.close(handle)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What sysfs tells; a wait takes no time."""
    (tmp_path / "log_head_lsn").write_text("7:90\n")
    (tmp_path / "log_tail_lsn").write_text("6:500\n")
    monkeypatch.setattr(xfs_log, "_log", lambda _directory: tmp_path)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return tmp_path


def test_it_waits_for_the_tail(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tails = ["7:91", "7:89"]
    monkeypatch.setattr(
        time, "sleep", lambda _seconds: (log / "log_tail_lsn").write_text(tails.pop()))
    with opened(log) as handle:
        assert written_back(handle)
    assert tails == []


def test_what_never_comes_is_given_up(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xfs_log, "LONGEST", 0.01)
    with opened(log) as handle:
        assert not written_back(handle)


def test_where_there_is_no_xfs_nothing_is_waited_for(tmp_path: Path) -> None:
    with opened(tmp_path) as handle:
        assert not written_back(handle)
