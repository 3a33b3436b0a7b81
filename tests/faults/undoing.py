"""Faults in an undo; then it is gone on with, and the machine becomes a mirror all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tests.faults.chain import CACHES, Make, Say, Trial, marked
from tests.faults.conversion import BROKEN, Conversion, Place
from tests.faults.expected import told
from tests.faults.power import undone_at_last
from tests.faults.table import Row
from tests.lab.conftest import MIRROR, SOURCE

BOTH = ((SOURCE, MIRROR),)
COPIED = Place("final-copy", 999)  # its last record: nearly all that an undo can find
BEGUN = Place("undo", 3)  # it has looked, and is at work
TRIALS = (
    *(Trial("media", "the mirror fails in an undo", BEGUN, f"{fault}:mirror")
      for fault in ("dies", "no-writes", "vanishes")),
    *(Trial("space", "no room in an undo", BEGUN, f"{fault}:/") for fault in ("full", "inodes")),
    *(Trial("space", "a program missing or failing in an undo", BEGUN, fault)
      for fault in ("missing:wipefs", "missing:mdadm", "failing:wipefs=1", "failing:mdadm=2")),
    Trial("space", "a torn last line of the journal, in an undo", BEGUN, "torn:HALF"),
)


def pieces(make: Make, trials: Sequence[Trial], say: Say) -> list[Callable[[], list[Row]]]:
    """Each a conversion of its own; one more finds the mirror gone."""
    return [*(partial(_one, make, trial, CACHES[number % len(CACHES)], say)
              for number, trial in enumerate(trials)),
            partial(without_the_mirror, make, say)]


def _one(make: Make, trial: Trial, cache: str, say: Say) -> list[Row]:
    row, conversion = Row(trial.kind, trial.what), make(cache)
    conversion.boot(COPIED)
    found = conversion.boot(trial.place, command="undo", fault=trial.fault)
    # A torn record ends the process: what it would have said, nobody heard.
    losses = [wrong] if "code" in found.told and (wrong := told(found)) else []
    if BROKEN not in "".join(found.lost) and not (
            found.struck is not None and marked(trial.fault, found)):
        losses.append(f"{trial} never came about")
    again = conversion.boot(command="undo")
    if not undone_at_last(again):
        losses.append(f"the undo ends with {again.told.get('said') or again.told}")
    return _judged(row, conversion, losses, f"undo: {trial}", say)


def without_the_mirror(make: Make, say: Say) -> list[Row]:
    """It has died for good: the machine is as it was, and can be converted onto another one."""
    row, conversion = Row("media", "undone without the mirror, which is gone"), make(CACHES[0])
    conversion.boot(COPIED)
    conversion.orders = ((SOURCE,),)
    found = conversion.boot(command="undo")
    losses = [] if found.told.get("code") == 0 and undone_at_last(found) else [
        f"the undo ends with {found.told.get('said') or found.told}"]
    conversion.orders = BOTH
    return _judged(row, conversion, losses, "undo without the mirror", say)


def _judged(row: Row, conversion: Conversion, losses: list[str], what: str, say: Say) -> list[Row]:
    losses = [*losses, *conversion.verdict()]
    row.count(losses)
    say(f"{what}: {'; '.join(losses) or 'whole'}")
    return [row]
