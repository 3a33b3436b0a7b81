"""A run of faults that goes on: what was survived with this code counts, the rest is done again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kept import CODE, FILES, Kept, checksum
from tests.faults.run import guarded
from tests.faults.table import Row, table
from tests.vm.passed import PROJECT


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOTMIRROR_CACHE", str(tmp_path))


class Work:
    """Three trials, of which so many are lost; it notes how often it was carried out."""

    def __init__(self, lost: int = 0) -> None:
        self.lost, self.times = lost, 0

    def __call__(self) -> list[Row]:
        self.times += 1
        row = Row("power", "a cut", tried=3 - self.lost)
        for number in range(self.lost):
            row.count([f"file {number} differs"])
        return [row]


def _rows(work: Callable[[], list[Row]], *, goes_on: bool = True, run: str = "seed-1",
          code: str = "this", piece: str = "power-1") -> list[Row]:
    return Kept(run, goes_on, code=code).rows(piece, work)


def test_what_was_survived_is_counted_and_not_done_again() -> None:
    first, second = Work(), Work()
    assert _rows(first) == _rows(second)
    assert (first.times, second.times) == (1, 0)


@pytest.mark.parametrize("lost", [1, 3])
def test_what_was_lost_is_done_again(lost: int) -> None:
    _rows(Work(lost))
    again = Work()
    assert table(_rows(again)).endswith("faults: tried 3, survived 3, lost 0")
    assert again.times == 1


def test_a_run_with_other_code_leaves_what_this_one_survived() -> None:
    first = Work()
    _rows(first)
    _rows(Work(), code="other")
    _rows(first)
    assert first.times == 1


@pytest.mark.parametrize("other", [{"code": "other"}, {"run": "seed-2"}, {"goes_on": False}])
def test_other_code_another_seed_and_a_new_run_begin_anew(other: dict[str, Any]) -> None:
    _rows(Work())
    again = Work()
    _rows(again, **other)
    assert again.times == 1


def test_a_new_run_that_loses_forgets_what_an_older_one_survived() -> None:
    _rows(Work())
    _rows(Work(lost=1), goes_on=False)
    again = Work()
    _rows(again)
    assert again.times == 1


def test_a_conversion_that_nothing_happens_to_is_carried_out_each_time() -> None:
    _rows(Work(), piece="power-0")
    (row,) = _rows(Work(lost=1), piece="power-0")
    assert len(row.losses) == 1


@pytest.mark.parametrize("place", ["bootmirror/product.py", "tests/faults/judge.py",
                                   "tests/lab/guest/fault.sh", "tests/vm/qemu.py",
                                   "tests/hostile.py"])
def test_a_change_of_the_product_and_of_its_tests_is_other_code(
    tmp_path: Path, place: str
) -> None:
    for name in (*FILES, place):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before")
    before = checksum(tmp_path)
    file.write_text("after")
    assert checksum(tmp_path) != before


def test_all_that_a_run_carries_out_is_there() -> None:
    assert [place for place in CODE if not (PROJECT / place).is_dir()] == []


def test_one_that_cannot_be_carried_out_is_a_loss_and_ends_no_other() -> None:
    def broken() -> list[Row]:
        raise RuntimeError("no machine")

    (row,) = guarded("media", broken)
    assert (row.kind, row.tried, row.losses) == ("media", 1, ["RuntimeError: no machine"])
