"""The power cut in User-mode Linux: behind every record of the journal, and anywhere in between.

The disks have volatile caches: "lose" loses all that was not flushed, "reorder" a part of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from tests.faults.chain import CACHES, ORDER, Make, Say, Trial
from tests.faults.conversion import Conversion, Place
from tests.faults.table import Row

LATEST = 1.5  # seconds behind a record
UNDO_RECORDS = 24  # about as many has an undo
NOTHING_TO_UNDO = 3  # refused: the undo that was cut off had been through


def baseline(make: Make) -> tuple[list[Place], Conversion]:
    """Every record of a conversion that nothing happens to, in order."""
    whole = make(CACHES[0])
    whole.to_the_end()
    places = [place for boot in whole.boots for place, _ in boot.records if place.step != "-"]
    return list(dict.fromkeys(places)), whole


def every_record(places: list[Place]) -> list[Trial]:
    """Behind each of these records, at once."""
    return [Trial("power", "behind every record", place) for place in places]


def anywhere(places: list[Place], chance: random.Random, count: int) -> list[Trial]:
    """At instants drawn by chance."""
    return [Trial("power", "anywhere in between", chance.choice(places),
                  after=round(chance.uniform(0.001, LATEST), 3)) for _ in range(count)]


def undone(
    make: Make, places: list[Place], chance: random.Random, count: int, say: Say
) -> list[Callable[[], list[Row]]]:
    """Cut off in the first half, then undone, the undo cut off too; and then a mirror all the same.

    The machine may have come up on the array already: there an undo is refused.
    """
    first = [place for place in places if place.step in ORDER[1 : ORDER.index("reboot")]]
    return [
        partial(_undone, make, say, CACHES[number % len(CACHES)], chance.choice(first),
                Place("undo", chance.randint(1, UNDO_RECORDS)))
        for number in range(count)
    ]


def _undone(make: Make, say: Say, cache: str, cut: Place, in_undo: Place) -> list[Row]:
    row = Row("power", "undone after a cut, and cut in the undo")
    conversion = make(cache)
    conversion.boot(cut)
    conversion.boot(in_undo, command="undo")
    found = conversion.boot(command="undo")
    losses = []
    if found.told.get("code") not in (0, NOTHING_TO_UNDO):
        losses.append(f"the undo ends with {found.told.get('said') or found.told}")
    losses += conversion.verdict()
    row.count(losses, tried=2)
    say(f"undo: {cut} {in_undo}: {'; '.join(losses) or 'whole'}")
    return [row]
