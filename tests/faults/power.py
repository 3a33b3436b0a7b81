"""The power cut in User-mode Linux: behind every record of the journal, and anywhere in between.

A conversion is cut, switched on, looked at, carried on and cut again, until it is a mirror; then
each disk is booted alone. The disks have volatile caches: "lose" loses all that was not flushed,
"reorder" a part of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bootmirror.steps.recipe import STEPS
from tests.faults.conversion import Boot, Conversion, Place
from tests.faults.table import Row

ORDER = [step.id for step in STEPS]
CACHES = ("lose", "reorder")
LONGEST = 1.5  # seconds behind a record
UNDO_RECORDS = 24  # about as many has an undo
NOTHING_TO_UNDO = 3  # refused: the undo that was cut off had been through
CUTS = 40  # in one conversion; then it may come to its end

Make = Callable[[str], Conversion]  # a conversion of its own, with disks of that cache
Say = Callable[[str], None]


def baseline(make: Make) -> tuple[list[Place], Conversion]:
    """Every record of a conversion that nothing happens to, in order."""
    whole = make(CACHES[0])
    whole.to_the_end()
    places = [place for boot in whole.boots for place, _ in boot.records if place.step != "-"]
    return list(dict.fromkeys(places)), whole


@dataclass
class Cut:
    """One cut to make: behind this record, that much later."""

    place: Place
    after: float = 0.0


@dataclass
class Chain:
    """Cuts in the order of the recipe, as many in one conversion as it takes."""

    make: Make
    row: Row
    say: Say
    waiting: list[Cut] = field(default_factory=list)
    number: int = 0

    def run(self) -> None:
        self.waiting.sort(key=lambda cut: (ORDER.index(cut.place.step), cut.place.number))
        while self.waiting:
            self._one()

    def _one(self) -> None:
        """A conversion from its beginning to a mirror, with cuts on the way."""
        cache = CACHES[self.number % len(CACHES)]
        self.number += 1
        conversion = self.make(cache)
        made: list[str] = []
        at = 0  # the step the conversion stands at: cuts before it are for another one
        while len(made) < CUTS and (cut := self._next(at)) is not None:
            found = conversion.boot(cut.place, cut.after)
            at = max(at, _next_step(found))
            if found.cut or found.lost:
                self.waiting.remove(cut)
            if found.cut:
                made.append(f"{cut.place}+{cut.after:.2f}")
            if found.done or found.lost:
                break
        losses = conversion.verdict()
        self.row.count(losses, tried=len(made))
        self.say(f"conversion {self.number} ({cache}): {len(made)} cuts, "
                 f"{len(conversion.boots)} boots: {'; '.join(losses) or 'whole'} "
                 f"[{' '.join(made)}]")

    def _next(self, at: int) -> Cut | None:
        """The next cut that a conversion can still come to from that step on."""
        return next((c for c in self.waiting if ORDER.index(c.place.step) >= at), None)


def _next_step(found: Boot) -> int:
    """Where in the recipe the next boot begins, as far as its records tell."""
    own = [(place.step, kind) for place, kind in found.records if place.step in ORDER]
    if not own:
        return 0
    step, kind = own[-1]
    return ORDER.index(step) + (kind == "finished")


def every_record(make: Make, places: list[Place], say: Say) -> Row:
    """Behind each of these records, at once."""
    row = Row("power", "behind every record")
    Chain(make, row, say, [Cut(place) for place in places]).run()
    return row


def anywhere(make: Make, places: list[Place], chance: random.Random, count: int, say: Say) -> Row:
    """At instants drawn by chance."""
    row = Row("power", "anywhere in between")
    drawn = [Cut(chance.choice(places), round(chance.uniform(0.001, LONGEST), 3))
             for _ in range(count)]
    Chain(make, row, say, drawn).run()
    return row


def undone(make: Make, places: list[Place], chance: random.Random, count: int, say: Say) -> Row:
    """Cut off in the first half, then undone, the undo cut off too; and then a mirror all the same.

    The machine may have come up on the array already: there an undo is refused.
    """
    row = Row("power", "undone after a cut, and cut in the undo")
    first = [place for place in places if place.step in ORDER[1 : ORDER.index("reboot")]]
    for number in range(count):
        conversion = make(CACHES[number % len(CACHES)])
        cuts = [chance.choice(first), Place("undo", chance.randint(1, UNDO_RECORDS))]
        conversion.boot(cuts[0])
        conversion.boot(cuts[1], command="undo")
        found = conversion.boot(command="undo")
        losses = []
        if found.told.get("code") not in (0, NOTHING_TO_UNDO):
            losses.append(f"the undo ends with {found.told.get('said') or found.told}")
        losses += conversion.verdict()
        row.count(losses, tried=len(cuts))
        say(f"undo {number + 1}: {' '.join(map(str, cuts))}: {'; '.join(losses) or 'whole'}")
    return row


def fresh(place: Path, image: Path) -> Make:
    """Conversions in directories of their own below ``place``."""
    numbers = iter(range(1, 10_000))
    return lambda cache: Conversion(place / f"conversion-{next(numbers)}", image, cache)
