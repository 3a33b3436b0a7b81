"""How faults are strung together, and that whatever is lost is counted: on made-up conversions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from tests.faults.chain import ORDER, Chain, Trial, chains
from tests.faults.conversion import Boot, Conversion, Place
from tests.faults.table import Row, merged, table

CHECK, COPY, VERIFY = (Place(step, 1) for step in ("check", "copy-system", "verify"))


@dataclass
class MadeUp:
    """Comes to its end unless it is cut; ``loses`` says what the n-th boot has lost."""

    loses: Callable[[int], tuple[str, ...]] = lambda number: ()
    verdicts: list[str] = field(default_factory=list)
    reaches: bool = True  # the place of the fault
    boots: list[Boot] = field(default_factory=list)

    def boot(self, halt: Place, after: float = 0.0, fault: str = "") -> Boot:
        del after
        lost = self.loses(len(self.boots) + 1)
        cut = self.reaches and not fault
        told: dict[str, Any] = {} if self.reaches else {"stands": {"phase": "done"}}
        output = "HALT\n" if self.reaches else ""
        self.boots.append(Boot(cut, ((halt, "started"),), told, lost, output))
        return self.boots[-1]

    def verdict(self) -> list[str]:
        return self.verdicts


def _run(trials: list[Trial], *made: MadeUp) -> list[Row]:
    waiting = iter(made)
    return Chain(lambda cache: cast(Conversion, next(waiting)), lambda text: None, trials).run()


def _cut(place: Place, what: str = "cuts") -> Trial:
    return Trial("power", what, place)


def test_they_are_made_in_the_order_of_the_recipe_in_one_conversion() -> None:
    one = MadeUp()
    rows = _run([_cut(VERIFY), _cut(CHECK), _cut(COPY)], one)
    assert [boot.records[0][0] for boot in one.boots] == [CHECK, COPY, VERIFY]
    assert [(row.tried, row.losses) for row in rows] == [(3, [])]


def test_what_a_boot_has_lost_is_counted_and_the_rest_is_tried_on_another_machine() -> None:
    spoiled = MadeUp(loses=lambda number: ("a file",) if number == 2 else ())
    (row,) = _run([_cut(CHECK), _cut(COPY), _cut(VERIFY)], spoiled, MadeUp())
    assert (row.tried, row.survived) == (3, 2)
    assert row.losses == ["a file (after cut check:1, cut copy-system:1)"]


def test_what_is_lost_in_the_end_counts_for_the_last_fault() -> None:
    trials = [_cut(CHECK, "early"), _cut(VERIFY, "late")]
    early, late = _run(trials, MadeUp(verdicts=["no mirror"]))
    assert (early.tried, early.losses) == (1, [])
    assert (late.tried, len(late.losses)) == (1, 1)


def test_a_fault_that_never_comes_about_is_no_fault_survived() -> None:
    (row,) = _run([_cut(COPY)], MadeUp(reaches=False))
    assert row.losses == ["cut copy-system:1 never came about (after cut copy-system:1)"]


def test_what_must_come_of_a_fault_is_looked_at() -> None:
    trial = Trial("media", "dies", COPY, "dies:mirror", expected=lambda boot: "nobody was told")
    (row,) = _run([trial], MadeUp())
    assert row.losses == ["nobody was told (after dies:mirror copy-system:1)"]


def test_they_are_dealt_out_to_as_few_conversions_as_hold_them() -> None:
    trials = [_cut(Place(ORDER[number % len(ORDER)], number)) for number in range(81)]
    work = chains(lambda cache: cast(Conversion, MadeUp()), lambda text: None, trials)
    assert len(work) == 3
    assert merged(row for one in work for row in one())[0].tried == 81


def test_the_last_line_says_what_was_lost() -> None:
    good, bad = Row("power", "cuts", 3), Row("media", "dies")
    bad.count(["a file"])
    assert table([good, bad]).splitlines()[-1] == "faults: tried 4, survived 3, lost 1"
