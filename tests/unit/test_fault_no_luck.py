"""Faults with nobody to blame: how they are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest

from bootmirror.engine.journal import Record
from tests.faults import no_luck
from tests.faults.conversion import Boot, Conversion
from tests.faults.no_luck import TWICE, told_of
from tests.faults.table import Row
from tests.lab.guest.twice import passed_over


def test_a_trial_is_a_line_that_begins_with_its_word() -> None:
    output = "refused one: 3 it is refused because\nit was refused \nlost []\nrefused two: 3 no\n"
    assert told_of("refused", output) == 2
    assert told_of("twice", 'twice ["check"]\ntwice ["verify"]\n') == 2


@dataclass
class MadeUp:
    """Two halves that come to a mirror."""

    lab: None = None
    boots: list[Boot] = field(default_factory=list)

    def verdict(self) -> list[str]:
        return []


def _twice(monkeypatch: pytest.MonkeyPatch, output: str) -> list[tuple[str, int, list[str]]]:
    monkeypatch.setattr(no_luck, "_booted", lambda *words, **how: Boot(False, (), {}, (), output))
    rows: list[Row] = no_luck.in_halves(
        lambda cache: cast(Conversion, MadeUp()), "twice.py", TWICE, lambda text: None)
    return [(row.what, row.tried, row.losses) for row in rows]


def test_what_was_passed_over_was_not_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _twice(monkeypatch, 'twice ["check"]\npassed-over ["copy-system"]\n') == [
        ("every step run twice", 2, []), ("a step passed over the second time", 2, [])]
    assert _twice(monkeypatch, 'twice ["check"]\n') == [("every step run twice", 2, [])]


def test_where_no_step_was_run_twice_that_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    (what, tried, losses), _ = _twice(monkeypatch, 'passed-over ["check"]\n')
    assert (what, tried, losses) == ("every step run twice", 1,
                                     ["every step run twice: it never happened"])


@pytest.mark.parametrize(("results", "passed"), [
    (["4 partitions", "already done"], True), (["4 partitions", "4 partitions"], False),
    ([], True)])
def test_it_is_the_last_run_that_may_have_passed_a_step_over(
    results: list[str], passed: bool
) -> None:
    records: list[Record] = [{"kind": "finished", "step": "check", "result": result}
                             for result in results]
    records.append({"kind": "finished", "step": "verify", "result": "already done"})
    assert passed_over(records, "check") is passed
