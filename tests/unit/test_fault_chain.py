"""How faults are strung together, and that whatever is lost is counted: on made-up conversions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from tests.faults.chain import ANOTHER, FRESH, IDLE, ORDER, Chain, Trial, chains
from tests.faults.conversion import BROKEN, Boot, Conversion, Place
from tests.faults.table import Row, merged, table

CHECK, COPY, VERIFY = (Place(step, 1) for step in ("check", "copy-system", "verify"))


@dataclass
class MadeUp:
    """Comes to its end unless it is cut; ``loses`` says what the n-th boot has lost."""

    loses: Callable[[int], tuple[str, ...]] = lambda number: ()
    verdicts: list[str] = field(default_factory=list)
    reaches: bool = True  # the place of the fault
    fewer: int = 0  # so many records has each step, if not as many as are asked for
    called: int = 1  # how often a program was called that fails or is missing
    broken: str = ""  # what went wrong with the fault itself
    boots: list[Boot] = field(default_factory=list)

    def boot(self, halt: Place, after: float = 0.0, fault: str = "") -> Boot:
        lost = self.loses(len(self.boots) + 1)
        cut = self.reaches and not fault
        told: dict[str, Any] = {} if self.reaches else {"stands": {"phase": "done"}}
        told |= {"called": self.called} if self.called else {}
        told |= {"code": 0} if after > 1 else {}  # seconds; then the work has ended
        at, kind = (self.fewer, "finished") if self.fewer else (halt.number, "started")
        output = f"HALT {halt.step}:{at} {kind}\n" if self.reaches and not self.broken else ""
        if self.broken:
            lost = (f"{BROKEN}{self.broken}",)
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


def _behind(place: Place) -> Trial:
    return Trial("power", "behind", place, record="started")


def test_a_cut_behind_another_record_than_the_one_meant_counts_apart() -> None:
    elsewhere, right = MadeUp(fewer=2), MadeUp()
    another, behind = _run([_behind(COPY)], elsewhere, right)
    assert (another.what, another.tried, another.losses) == (ANOTHER, 1, [])
    assert (behind.what, behind.tried, behind.losses) == ("behind", 1, [])


def test_a_record_that_no_fresh_conversion_has_is_lost() -> None:
    another, behind = _run([_behind(COPY)], *(MadeUp(fewer=2) for _ in range(FRESH)))
    assert (another.what, another.tried) == (ANOTHER, FRESH)
    assert behind.losses == ["cut copy-system:1 never came about"]


def test_what_comes_behind_another_record_in_this_conversion_is_not_tried_in_it_again() -> None:
    one = MadeUp(fewer=2)
    _run([_behind(COPY), _behind(VERIFY)], one, *(MadeUp() for _ in range(2)))
    assert [boot.records[0][0] for boot in one.boots] == [COPY, VERIFY]


def test_a_cut_when_the_work_has_ended_is_none_under_way() -> None:
    (row,) = _run([Trial("power", "anywhere", VERIFY, after=1.2)], MadeUp())
    assert (row.what, row.tried) == (IDLE, 1)


def test_a_fault_that_breaks_is_a_loss_of_its_own() -> None:
    trial = Trial("media", "dies", COPY, "dies:mirror")
    dies, cuts = _run([trial, _cut(VERIFY)], MadeUp(broken="no dmsetup"), MadeUp())
    assert dies.losses == ["a fault of the test: no dmsetup (after dies:mirror copy-system:1)"]
    assert (cuts.tried, cuts.losses) == (1, [])


def test_a_fault_that_comes_as_its_step_has_failed_is_not_counted() -> None:
    boot = Boot(False, (), {}, (), "HALT copy-system:1 failed\n")
    assert Trial("media", "dies", COPY, "dies:mirror").counts(boot) == ""


def test_a_program_that_nobody_called_is_no_fault_survived() -> None:
    trial = Trial("space", "a program failing", COPY, "failing:cp=1")
    (row,) = _run([trial], MadeUp(called=0), MadeUp(called=0))
    assert row.losses == ["failing:cp=1 copy-system:1 never came about "
                          "(after failing:cp=1 copy-system:1)"]
    (row,) = _run([trial], MadeUp())
    assert (row.tried, row.losses) == (1, [])


def test_a_program_that_is_told_to_be_missing_need_not_be_called() -> None:
    told = {"called": 0, "stands": {"message": "The program cp is not installed."}}
    boot = Boot(False, (), told, (), "HALT copy-system:1 started\n")
    assert Trial("space", "missing", COPY, "missing:cp").counts(boot) == "missing"
    assert Trial("space", "missing", COPY, "missing:rsync").counts(boot) == ""
    assert Trial("space", "failing", COPY, "failing:cp=1").counts(boot) == ""


def test_they_are_dealt_out_to_as_few_conversions_as_hold_them() -> None:
    trials = [_cut(Place(ORDER[number % len(ORDER)], number)) for number in range(81)]
    work = chains(lambda cache: cast(Conversion, MadeUp()), lambda text: None, trials)
    assert len(work) == 3
    assert merged(row for one in work for row in one())[0].tried == 81


def test_the_last_line_says_what_was_lost() -> None:
    good, bad = Row("power", "cuts", 3), Row("media", "dies")
    bad.count(["a file"])
    assert table([good, bad]).splitlines()[-1] == "faults: tried 4, survived 3, lost 1"
