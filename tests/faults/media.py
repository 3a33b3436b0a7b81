"""Disks that fail while they are in use; then the machine is switched on again with good ones.

Whatever fails: nothing may be lost, nothing may be called a mirror that is none, and afterwards the
conversion comes to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bootmirror.steps.recipe import STEPS
from tests.faults.conversion import Boot, Conversion, Place
from tests.faults.power import Make, Say
from tests.faults.table import Row

NAMES = {"dies": "dies", "no-writes": "takes no more writes", "vanishes": "is pulled out"}
DISKS = ("source", "mirror")


def in_every_step(make: Make, share: Callable[[list[str]], list[str]], say: Say) -> list[Row]:
    """Each disk fails in each way as each step begins."""
    rows = []
    for fault, words in NAMES.items():
        for disk in DISKS:
            row = Row("media", f"the {disk} {words}, in every step")
            for step in share([step.id for step in STEPS]):
                count(make, row, Trial(Place(step, 1), f"{fault}:{disk}"), say)
            rows.append(row)
    return rows


@dataclass(frozen=True)
class Trial:
    """A fault, where it happens, and what must come of it in that boot."""

    place: Place
    fault: str
    expected: Callable[[Boot], str] = lambda boot: ""  # what is wrong about it, or ""
    mends: bool = True  # good disks make it whole again


def _failed_in(step: str, words: str) -> Callable[[Boot], str]:
    """The step fails, and says so in these words."""

    def look(boot: Boot) -> str:
        stands = boot.told.get("stands", {})
        told = f"{stands.get('headline')} {stands.get('message')}"
        right = stands.get("phase") == "failed" and step in told and words in told
        return "" if right else f"{step} did not fail with {words!r}: {told}"

    return look


def _slower(boot: Boot) -> str:
    return "" if boot.told.get("code") in (0, 4) else f"a slow disk stops it: {boot.told}"


ROWS = {
    "an unreadable file on the source, in the copy": Trial(
        Place("copy-system", 1), "unreadable:source",
        _failed_in("copy-system", "/opt/big: Input/output error")),
    "unreadable sectors on the mirror, at read-back": Trial(
        Place("read-back-mirror", 1), "unreadable:mirror",
        _failed_in("read-back-mirror", "cannot be read at byte")),
    "unreadable sectors on the mirror, in the resync": Trial(
        # What could not be read stays on md's record, on both halves: it is no mirror, and must
        # not be called one.
        Place("add-source", 1), "unreadable:mirror",
        _failed_in("resync", "sectors that could not be copied"), mends=False),
    "a slow source": Trial(Place("check", 1), "slow:source", _slower),
    "a slow mirror": Trial(Place("check", 1), "slow:mirror", _slower),
}


def of_their_own(make: Make, say: Say) -> list[Row]:
    """Faults that belong to one step, each with what it must come to."""
    rows = []
    for what, trial in ROWS.items():
        rows.append(Row("media", what))
        count(make, rows[-1], trial, say)
    return rows


def count(make: Make, row: Row, trial: Trial, say: Say) -> None:
    conversion = make("lose")
    losses = _happens(conversion, trial)
    if not losses and trial.mends:
        conversion.to_the_end()  # once more on good disks, even where it says it is done
        losses = conversion.verdict()
    elif not losses:
        again = conversion.boot()
        losses = [*again.lost, *filter(None, [trial.expected(again)])]
    row.count(losses)
    told = conversion.boots[-1].told if losses else {}
    say(f"{trial.fault} at {trial.place}: {'; '.join(losses) or 'whole'} {told or ''}".rstrip())


def _happens(conversion: Conversion, trial: Trial) -> list[str]:
    """Up to the half the fault belongs to, and through it."""
    halves = 1 + next(s.after_reboot for s in STEPS if s.id == trial.place.step)
    for _ in range(halves - 1):
        conversion.boot()
    found = conversion.boot(trial.place, fault=trial.fault)
    wrong = trial.expected(found)
    return [*found.lost, *([wrong] if wrong else [])]
