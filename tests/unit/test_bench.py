"""The bench's table: what is judged, and that one figure over its bound is seen."""

from __future__ import annotations

import pytest

from tests.bench.conversion import SHARED, figures
from tests.bench.figures import Figure, last_line, table


def test_only_figures_with_a_bound_are_judged() -> None:
    found = [Figure("a", 1.04, "", 1.05), Figure("b", 301, "B/s", 300), Figure("c", 9, "s")]
    assert last_line(found) == "bench: 1 of 2 within bounds"
    assert table(found).splitlines() == [
        "figure    value  bound",
        "a          1.04  at most 1.05     held",
        "b       301 B/s  at most 300 B/s  OVER",
        "c        9.00 s",
    ]


def test_the_shared_steps_are_compared_as_a_whole() -> None:
    hand = dict.fromkeys(SHARED, 10.0)
    ours = {**hand, "copy-system": 12.0, "read-back-mirror": 5.0}
    found = {figure.name: figure for figure in figures(hand, ours, 40.0)}
    whole = found["conversion, the steps both have: against by hand"]
    assert whole.value == pytest.approx(122 / 120) and whole.held
    assert not found["copy-system: against cp -ax"].held
    assert found["  only bootmirror: read-back-mirror"].value == 5.0


def test_a_step_that_was_not_measured_is_no_step_for_nothing() -> None:
    hand = dict.fromkeys(SHARED, 10.0)
    ours = {name: seconds for name, seconds in hand.items() if name != "resync"}
    with pytest.raises(RuntimeError, match="resync"):
        figures(hand, ours, 40.0)
