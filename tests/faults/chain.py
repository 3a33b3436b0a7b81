"""Faults one after the other in one conversion, which is carried on after each.

A conversion is struck, switched on, looked at, carried on and struck again, until it is a mirror;
then each disk is booted alone. What it cannot come to any more is left for the next conversion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bootmirror.steps.recipe import STEPS
from tests.faults.conversion import BOOTS, Boot, Conversion, Place
from tests.faults.table import Row, merged

ORDER = [step.id for step in STEPS]
CACHES = ("lose", "reorder")
LONGEST = 40  # faults in one conversion; then it may come to its end
STRUCK = re.compile(r"^HALT$", re.M)

Make = Callable[[str], Conversion]  # a conversion of its own, with disks of that cache
Say = Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """A fault, where it happens, and what must come of it in that boot."""

    kind: str
    what: str  # the row of the table
    place: Place
    fault: str = ""  # what guest/whole.py knows; "": the power is cut
    after: float = 0.0  # seconds behind the record that it is cut
    expected: Callable[[Boot], str] = lambda boot: ""  # what is wrong about it, or ""

    def __str__(self) -> str:
        return f"{self.fault or 'cut'} {self.place}" + (f"+{self.after:.2f}" if self.after else "")

    def happened(self, boot: Boot) -> bool:
        return boot.cut or (bool(self.fault) and STRUCK.search(boot.output) is not None)


@dataclass
class Chain:
    """Trials in the order of the recipe, as many in one conversion as it takes."""

    make: Make
    say: Say
    waiting: list[Trial]
    number: int = 0
    rows: list[Row] = field(default_factory=list)

    def run(self) -> list[Row]:
        self.waiting.sort(key=lambda trial: (ORDER.index(trial.place.step), trial.place.number))
        while self.waiting:
            self._one()
        return merged(self.rows)

    def _one(self) -> None:
        """A conversion from its beginning to a mirror, with faults on the way."""
        cache = CACHES[self.number % len(CACHES)]
        self.number += 1
        conversion = self.make(cache)
        made: list[Trial] = []
        wrong: list[str] = []
        at = 0  # the step the conversion stands at: faults before it are for another one
        while not wrong and len(made) < LONGEST and (trial := self._next(at)) is not None:
            found = conversion.boot(trial.place, trial.after, fault=trial.fault)
            at = max(at, _next_step(found))
            wrong = list(found.lost)
            if trial.happened(found):
                self.waiting.remove(trial)
                made.append(trial)
                wrong += filter(None, [trial.expected(found)])
            if found.done or len(conversion.boots) > len(made) + BOOTS:
                break
        losses = wrong or conversion.verdict()
        if not made:  # nothing happened in a whole conversion: nor will it in the next
            made = [self.waiting.pop(0)]
            losses = [*losses, f"{made[0]} never came about"]
        self._count(made, losses)
        self.say(f"conversion {self.number} ({cache}): {len(made)} faults, "
                 f"{len(conversion.boots)} boots: {'; '.join(losses) or 'whole'} "
                 f"[{', '.join(map(str, made))}]")

    def _count(self, made: list[Trial], losses: list[str]) -> None:
        """What was lost counts for the last fault before it was seen."""
        for trial in made[:-1]:
            self._row(trial).count(())
        told = [f"{'; '.join(losses)} (after {', '.join(map(str, made))})"] if losses else []
        self._row(made[-1]).count(told)

    def _row(self, trial: Trial) -> Row:
        self.rows.append(Row(trial.kind, trial.what))
        return self.rows[-1]

    def _next(self, at: int) -> Trial | None:
        """The next fault that a conversion can still come to from that step on."""
        return next((t for t in self.waiting if ORDER.index(t.place.step) >= at), None)


def _next_step(found: Boot) -> int:
    """Where in the recipe the next boot begins, as far as its records tell."""
    own = [(place.step, kind) for place, kind in found.records if place.step in ORDER]
    if not own:
        return 0
    step, kind = own[-1]
    return ORDER.index(step) + (kind == "finished")


def chains(make: Make, say: Say, trials: Sequence[Trial]) -> list[Callable[[], list[Row]]]:
    """The trials dealt out to as few conversions as hold them, each a piece of work of its own."""
    parts = -(-len(trials) // LONGEST)
    return [Chain(make, say, list(trials[part::parts])).run for part in range(parts)]


def fresh(place: Path, image: Path) -> Make:
    """Conversions in directories of their own below ``place``."""
    numbers = iter(range(1, 10_000))
    return lambda cache: Conversion(place / f"conversion-{next(numbers)}", image, cache)
