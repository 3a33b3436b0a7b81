"""The worker's memory with many files: the fewest are what the others are compared with."""

from __future__ import annotations

import pytest

from tests.faults import many_files
from tests.faults.table import Row

MB = 1_000_000


def _flat(monkeypatch: pytest.MonkeyPatch, *peaks: int) -> Row:
    found = iter(peaks)
    monkeypatch.setattr(many_files, "measured", lambda count: {"worker": next(found)})
    return many_files.flat(1.0, lambda text: None)


def test_the_fewest_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    row = _flat(monkeypatch, 30 * MB, 31 * MB, 30 * MB)
    assert (row.tried, row.losses) == (2, [])


def test_what_needs_more_memory_than_the_fewest_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    row = _flat(monkeypatch, 30 * MB, 31 * MB, 40 * MB)
    assert (row.tried, row.losses) == (2, ["1000000 files: worker 40.0 MB"])
