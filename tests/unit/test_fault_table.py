"""The table of faults: what was tried is what was survived and what was lost."""

from __future__ import annotations

from tests.faults.table import Row, merged, table


def test_a_loss_seen_later_is_of_one_of_those_counted_before() -> None:
    row = Row("boots", "cut off in the first boot", 5)
    row.count(["no mirror"], tried=0)
    assert (row.tried, row.survived, len(row.losses)) == (5, 4, 1)


def test_where_something_was_lost_something_was_tried() -> None:
    row = Row("boots", "none: nothing happens")
    row.count(["it does not boot"], tried=0)
    row.count(["nor the next time"], tried=0)
    assert (row.tried, row.survived, len(row.losses)) == (2, 0, 2)


def test_several_tried_together_lose_once() -> None:
    row = Row("space", "torn")
    row.count(["a file", "another"], tried=4)
    assert (row.tried, row.survived, row.losses) == (4, 3, ["a file; another"])


def test_the_last_line_is_the_sum_of_the_rows() -> None:
    early, late = Row("power", "a cut", 3), Row("power", "a cut", 2)
    late.count(["a file"], tried=0)
    assert table(merged([early, late])).splitlines()[-1] == "faults: tried 5, survived 4, lost 1"
