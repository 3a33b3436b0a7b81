"""Processes killed: the worker, what it runs, the screen, the line it is seen through.

Some at random; and each command of guest/aims.py by each signal while it runs.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence

from tests.faults.chain import Make, Say
from tests.faults.conversion import Conversion
from tests.faults.table import Row
from tests.lab.guest.aims import AIMED_AT, ONE_EACH

HALF = 14  # kills at random in one half of a conversion
TRIES = 9  # conversions, until everything aimed at was struck: mdadm --add runs three times in one
KILLED = re.compile(r"^(killed|struck) (.*) (SIG[A-Z]+|up) in (\S+)", re.M)
BEGUN_IN = "the SSH session that the work was begun in"
KINDS = {"worker": "the worker", "screen": "the screen", "line hung": "the SSH session",
         "line it was begun in": BEGUN_IN, "line it was begun in hung": BEGUN_IN,
         "worker and commands": "the worker with all it runs"}


def aimed(command: str, signal: str) -> str:
    """The row of a command that was struck on purpose."""
    return f"{command}, on purpose, {signal}"


AIMED = tuple(aimed(str(aim), number.name) for aim in AIMED_AT for number in ONE_EACH)


def at_random(make: Make, chance: random.Random, count: int, say: Say) -> list[Row]:
    """At least ``count`` kills at random, in as many conversions as that takes; in these, all that
    are aimed."""
    rows: dict[str, Row] = {}
    number = drawn = 0
    while drawn < count or (number < TRIES and _missing(rows)):
        number += 1
        conversion = make("lose")
        killed = one(conversion, chance)
        losses = conversion.verdict()
        _count(rows, killed, losses)
        drawn += sum(what not in AIMED for what in killed)
        words = ", ".join(f"{n} {what}" for what, n in sorted(Counter(killed).items()))
        say(f"conversion {number}: {words}: {'; '.join(losses) or 'whole'}")
        if not killed:
            break
    for what in _missing(rows):
        _row(rows, what).count([f"never came about in {number} conversions"])
    return sorted(rows.values(), key=lambda row: -row.tried)


def _count(rows: dict[str, Row], killed: Sequence[str], losses: Sequence[str]) -> None:
    """What was lost counts for the last kill before it was seen: that one was not survived."""
    if not killed:
        _row(rows, "none").count([*losses, "nothing was killed"])
        return
    for what in killed[:-1]:
        _row(rows, what).count(())
    told = [f"{'; '.join(losses)} (after {', '.join(killed)})"] if losses else []
    _row(rows, killed[-1]).count(told)


def _row(rows: dict[str, Row], what: str) -> Row:
    return rows.setdefault(what, Row("kills", what))


def _missing(rows: dict[str, Row]) -> list[str]:
    return [what for what in AIMED if what not in rows]


def one(conversion: Conversion, chance: random.Random) -> list[str]:
    """A conversion with kills in both halves; what was killed."""
    killed = []
    for _ in range(2):
        found = conversion.killed(chance.randrange(1 << 30), HALF)
        killed += [aimed(what, number) if how == "struck" else _named(what)
                   for how, what, number, _ in KILLED.findall(found.output)]
        if found.lost or found.done:
            break
    return killed


def _named(what: str) -> str:
    return KINDS.get(what, f"{what}, run by the worker")
