"""Faults one after the other in one conversion, which is carried on after each.

A conversion is struck, switched on, looked at, carried on and struck again, until it is a mirror;
then each disk is booted alone. What it cannot come to any more is left for the next conversion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bootmirror.steps.recipe import STEPS
from tests.faults.conversion import BOOTS, BROKEN, Boot, Conversion, Place
from tests.faults.table import Row, merged

ORDER = [step.id for step in STEPS]
CACHES = ("lose", "reorder")
CALLED = ("missing", "failing")  # faults that come about where somebody calls that program
LONGEST = 40  # faults in one conversion; then it may come to its end
FRESH = 2  # conversions in which a record is waited for with nothing struck before
# Rows for cuts that came elsewhere than they were meant to.
ANOTHER = "behind another record, for want of the one meant"
IDLE = "with nothing under way"

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
    record: str = ""  # the record's kind, where it must be just that one; "": or the step's last
    expected: Callable[[Boot], str] = lambda boot: ""  # what is wrong about it, or ""

    def __str__(self) -> str:
        return f"{self.fault or 'cut'} {self.place}" + (f"+{self.after:.2f}" if self.after else "")

    def counts(self, boot: Boot) -> str:
        """The row of the table that it counts in as it came about there; "": it did not."""
        if self.fault:
            came = BROKEN in "".join(boot.lost) or (self._here(boot) and marked(self.fault, boot))
            return self.what if came else ""
        if not boot.cut:
            return ""
        if boot.idle:
            return IDLE
        return self.what if self._here(boot) else ANOTHER

    def _here(self, boot: Boot) -> bool:
        if boot.struck is None:
            return False
        place, kind = boot.struck
        if self.record:
            return (place, kind) == (self.place, self.record)
        # A fault that comes as its step has failed meets no work.
        return not self.fault or kind != "failed"


def marked(fault: str, boot: Boot) -> bool:
    """Whether what a fault made ready was met: a program that fails or is missing was called, or
    its absence was seen before that and told."""
    kind, _, program = fault.partition(":")
    if kind not in CALLED or boot.told.get("called"):
        return True
    return kind == "missing" and program in boot.told.get("stands", {}).get("message", "")


@dataclass
class Struck:
    """What has happened to one conversion."""

    made: list[tuple[Trial, str]] = field(default_factory=list)  # with the row each counts in
    missed: list[Trial] = field(default_factory=list)  # struck elsewhere than they were meant to
    wrong: list[str] = field(default_factory=list)
    at: int = 0  # the step the conversion stands at: faults before it are for another one

    def note(self, trial: Trial, found: Boot) -> str:
        """Take in a boot that this trial was to strike; the row it counts in, or ""."""
        self.at = max(self.at, _next_step(found))
        self.wrong = list(found.lost)
        row = trial.counts(found)
        if row:
            self.made.append((trial, row))
        if row == trial.what:
            self.wrong += filter(None, [trial.expected(found)])
        elif found.cut or found.struck is not None:
            self.missed.append(trial)
        return row


@dataclass
class Chain:
    """Trials in the order of the recipe, as many in one conversion as it takes."""

    make: Make
    say: Say
    waiting: list[Trial]
    number: int = 0
    misses: Counter[Trial] = field(default_factory=Counter)  # with nothing struck before
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
        conversion, struck = self.make(cache), Struck()
        while not struck.wrong and len(struck.made) < LONGEST and (trial := self._next(struck)):
            found = conversion.boot(trial.place, trial.after, fault=trial.fault)
            first = not struck.made
            row = struck.note(trial, found)
            if row in (trial.what, IDLE):
                self.waiting.remove(trial)
            self.misses[trial] += first and row == ANOTHER
            if found.done or len(conversion.boots) > len(struck.made) + BOOTS:
                break
        losses = struck.wrong or conversion.verdict()
        if not struck.made:  # nothing happened in a whole conversion: nor will it in the next
            trial = self.waiting.pop(0)
            struck.made.append((trial, trial.what))
            losses = [*losses, f"{trial} never came about"]
        self._count(struck.made, losses)
        self.say(f"conversion {self.number} ({cache}): {len(struck.made)} faults, "
                 f"{len(conversion.boots)} boots: {'; '.join(losses) or 'whole'} "
                 f"[{_listed(struck.made)}]")
        self._give_up()

    def _give_up(self) -> None:
        """A record that no fresh conversion has: nothing came behind it."""
        for trial in [one for one in self.waiting if self.misses[one] >= FRESH]:
            self.waiting.remove(trial)
            self._row(trial, trial.what).count([f"{trial} never came about"])

    def _count(self, made: list[tuple[Trial, str]], losses: list[str]) -> None:
        """What was lost counts for the last fault before it was seen."""
        for trial, row in made[:-1]:
            self._row(trial, row).count(())
        told = [f"{'; '.join(losses)} (after {_listed(made)})"] if losses else []
        self._row(*made[-1]).count(told)

    def _row(self, trial: Trial, what: str) -> Row:
        self.rows.append(Row(trial.kind, what))
        return self.rows[-1]

    def _next(self, struck: Struck) -> Trial | None:
        """The next fault that this conversion can still come to."""
        return next((t for t in self.waiting if ORDER.index(t.place.step) >= struck.at
                     and t not in struck.missed), None)


def _listed(made: Sequence[tuple[Trial, str]]) -> str:
    return ", ".join(f"{trial}" if row == trial.what else f"{trial} ({row})"
                     for trial, row in made)


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


def fresh(place: Path, image: Path, seed: str = "") -> Make:
    """Conversions in directories of their own below ``place``."""
    numbers = iter(range(1, 10_000))
    return lambda cache: Conversion(place / f"conversion-{next(numbers)}", image, cache, seed)
