"""The power cut in User-mode Linux: behind every record of the journal, and anywhere in between.

The disks have volatile caches: "lose" loses all that was not flushed, "reorder" a part of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial

from tests.faults.chain import CACHES, ORDER, Make, Say, Trial
from tests.faults.conversion import Boot, Conversion, Place
from tests.faults.table import Row

LATEST = 1.5  # seconds behind a record
UNDO_RECORDS = 24  # about as many has an undo
REFUSED = 3
BEHIND = "behind every record"
FINISHED = 999  # a step's last record

# The records that tell of no step's work, in the order they come in; False: cut off for what the
# next boot then writes. After a torn copy it begins that "again", and after a boot that was chosen;
# a first boot that was cut off falls back, which is tried again.
STEPLESS = (
    (Place("approved", 1), True), (Place("consent", 1), True), (Place("worker", 1), True),
    (Place("copy-system", 2), False), (Place("again", 1), True),
    (Place("arm-first-boot", FINISHED), False), (Place("again", 1), True),
    (Place("rebooted", 1), True), (Place("retry", 1), True),
    (Place("confirm-first-boot", FINISHED), False), (Place("consent", 1), True),
    (Place("worker", 1), True),
)

Record = tuple[Place, str]  # with its kind


def baseline(make: Make) -> tuple[list[Record], Conversion]:
    """Every record of a step in a conversion that nothing happens to, in order."""
    whole = make(CACHES[0])
    whole.to_the_end()
    records = [record for boot in whole.boots for record in boot.records
               if record[0].step in ORDER]
    return list(dict.fromkeys(records)), whole


def every_record(records: Sequence[Record]) -> list[Trial]:
    """Behind each of these records, at once."""
    return [Trial("power", BEHIND, place, record=kind) for place, kind in records]


def without_a_step(make: Make, say: Say, cache: str) -> list[Row]:
    """Behind each kind of record that tells of no step's work."""
    row, conversion = Row("power", BEHIND), make(cache)
    for place, counts in STEPLESS:
        found = conversion.boot(place)
        if not found.cut and not found.lost:  # this half has come to its end without it
            found = conversion.boot(place)
        if found.lost:
            break
        if counts or not found.cut:
            row.count([] if found.cut else [f"cut {place} never came about"])
    losses = conversion.verdict()
    row.count(losses, tried=0)
    say(f"records without a step ({cache}): {row.tried} faults, {len(conversion.boots)} boots: "
        f"{'; '.join(row.losses) or 'whole'}")
    return [row]


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
    cuts = [conversion.boot(cut), conversion.boot(in_undo, command="undo")]
    found = conversion.boot(command="undo")
    losses = [] if undone_at_last(found) else [
        f"the undo ends with {found.told.get('said') or found.told}"]
    losses += conversion.verdict()
    made = sum(boot.cut and not boot.idle for boot in cuts)
    row.count(losses if made else [*losses, f"{cut} and {in_undo} never came about"], tried=made)
    say(f"undo: {cut} {in_undo}: {made} cuts: {'; '.join(losses) or 'whole'}")
    return [row]


def undone_at_last(found: Boot) -> bool:
    """Whether nothing is left to undo, or the machine runs from what an undo would take away.

    What an undo leaves behind is told as lost by the machine itself.
    """
    code, phase = found.told.get("code"), found.told.get("stands", {}).get("phase")
    if code == REFUSED and found.told.get("root") == "array":
        return True
    return code in (0, REFUSED) and phase == "none"
