"""Processes killed at random: the worker, what it runs, the screen, the line it is seen through."""

from __future__ import annotations

import random
import re
from collections import Counter

from tests.faults.chain import Make, Say
from tests.faults.conversion import Conversion
from tests.faults.table import Row

HALF = 14  # kills in one half of a conversion
KILLED = re.compile(r"^killed (.*) (SIG[A-Z]+|up) in (\S+)", re.M)
KINDS = {"worker": "the worker", "screen": "the screen", "line hung": "the SSH session",
         "worker and commands": "the worker with all it runs"}


def at_random(make: Make, chance: random.Random, count: int, say: Say) -> list[Row]:
    """At least ``count`` kills, in as many conversions as that takes."""
    rows: dict[str, Row] = {}
    number = 0
    while sum(row.tried for row in rows.values()) < count:
        number += 1
        conversion = make("lose")
        killed = one(conversion, chance)
        losses = conversion.verdict()
        for what in killed:
            rows.setdefault(what, Row("kills", what)).count(())
        if losses:  # by which of the kills, nobody knows
            rows.setdefault("", Row("kills", "all of these together")).count(losses, tried=0)
        words = ", ".join(f"{n} {what}" for what, n in sorted(Counter(killed).items()))
        say(f"conversion {number}: {words}: {'; '.join(losses) or 'whole'}")
    return sorted(rows.values(), key=lambda row: -row.tried)


def one(conversion: Conversion, chance: random.Random) -> list[str]:
    """A conversion with kills in both halves; what was killed."""
    killed = []
    for _ in range(2):
        found = conversion.killed(chance.randrange(1 << 30), HALF)
        killed += [KINDS.get(what, f"{what}, run by the worker")
                   for what, _, _ in KILLED.findall(found.output)]
        if found.lost or found.done:
            break
    return killed
