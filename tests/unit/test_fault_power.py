"""Power cuts: what counts as one, and what an undo may end with. On made-up conversions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.faults import power
from tests.faults.conversion import Boot, Conversion, Place
from tests.faults.table import Row

CUT = Boot(True, (), {}, (), "")
COPY, IN_UNDO = Place("copy-system", 3), Place("undo", 5)


def _ended(code: int, phase: str = "none", root: str = "disk") -> Boot:
    told: dict[str, Any] = {"code": code, "stands": {"phase": phase}, "root": root}
    return Boot(False, (), told, (), "")


@dataclass
class MadeUp:
    """Its boots one after the other; then what its verdict is."""

    waiting: list[Boot]
    verdicts: list[str] = field(default_factory=list)
    boots: list[Boot] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def boot(self, halt: Place | None = None, command: str = "go-on") -> Boot:
        del command
        self.boots.append(self.waiting.pop(0))
        self.places += [halt] if halt else []
        return self.boots[-1]

    def verdict(self) -> list[str]:
        return self.verdicts


def _undone(*boots: Boot) -> Row:
    made = MadeUp(list(boots))
    (row,) = power._undone(lambda cache: cast(Conversion, made), lambda text: None, "lose", COPY,
                           IN_UNDO)
    return row


def test_of_an_undo_those_cuts_count_that_were_made() -> None:
    assert _undone(CUT, CUT, _ended(0)).tried == 2
    row = _undone(CUT, _ended(0), _ended(3))
    assert (row.tried, row.losses) == (1, [])


def test_an_undo_that_nothing_cut_is_none_survived() -> None:
    row = _undone(_ended(4, "reboot"), _ended(0), _ended(3))
    assert row.losses == ["copy-system:3 and undo:5 never came about"]


@pytest.mark.parametrize(("found", "right"), [
    (_ended(0), True),
    (_ended(3), True),  # an earlier one had been through
    (_ended(3, "rebooted", "array"), True),  # it would take the running system away
    (_ended(3, "interrupted"), False),
    (_ended(3, "failed"), False),
    (_ended(0, "interrupted"), False),
    (_ended(1), False),
])
def test_an_undo_may_be_refused_where_nothing_is_left_to_undo(found: Boot, right: bool) -> None:
    assert power.undone_at_last(found) is right


def _stepless(*boots: Boot, verdicts: list[str] | None = None) -> tuple[Row, MadeUp]:
    made = MadeUp(list(boots), verdicts or [])
    (row,) = power.without_a_step(lambda cache: cast(Conversion, made), lambda text: None, "lose")
    return row, made


def test_behind_each_record_that_tells_of_no_step_it_is_cut() -> None:
    half = len(power.STEPLESS) - 5
    row, made = _stepless(*[CUT] * half, _ended(4, "reboot"), *[CUT] * 5)
    assert (row.what, row.tried, row.losses) == (power.BEHIND, 9, [])
    assert {place.step for place in made.places} >= {"approved", "consent", "worker", "again",
                                                     "rebooted", "retry"}


def test_a_record_that_does_not_come_is_no_cut_survived() -> None:
    row, _ = _stepless(_ended(4, "reboot"), _ended(0), *[CUT] * (len(power.STEPLESS) - 1))
    assert row.losses == ["cut approved:1 never came about"]


def test_the_cut_behind_a_record_is_behind_that_very_one() -> None:
    (trial,) = power.every_record([(COPY, "command")])
    for where, row in (("copy-system:3 command", "behind every record"),
                       ("copy-system:2 finished", "behind another record, for want of the one "
                        "meant"), ("copy-system:3 finished", "behind another record, for want of "
                        "the one meant")):
        assert trial.counts(Boot(True, (), {}, (), f"HALT {where}\n")) == row
