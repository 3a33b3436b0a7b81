"""The table that ends a run of every scenario."""

from __future__ import annotations

from tests.vm.run_all import Result, Row, table


def test_the_table_and_its_closing_line() -> None:
    rows = [Row("nvme", Result.PASSED, 6.25, "A boots, B boots"),
            Row("lilo", Result.SKIPPED, 0.0, "no LILO here"),
            Row("xfs-root", Result.FAILED, 11.5, "/ is not on an array")]
    lines = table(rows).splitlines()
    assert lines[0].split() == ["scenario", "result", "minutes", "each", "disk", "alone"]
    assert lines[1] == "nvme      passed       6.2  A boots, B boots"
    assert lines[-1] == "vm-all: 1 passed, 1 failed, 1 skipped"
