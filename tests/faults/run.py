"""Every fault, by kind, and a table of what came of each: python -m tests.faults.run.

The same SEED draws the same faults. What an earlier run left in the cache is removed first.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults import kills, media, power, shortage
from tests.faults.table import Row, table
from tests.lab.conftest import SOURCE
from tests.lab.lab import Lab
from tests.vm.cache import cache_directory
from tests.vm.progress import say

SEED = 20010101  # the month the recipe appeared in print


@dataclass(frozen=True)
class Faults:
    """What the kinds draw from."""

    place: Path
    image: Path  # of the small server's disk
    seed: int
    share: float  # of the whole run; 1.0 is all of it

    def chance(self, kind: str) -> random.Random:
        """Each kind's own, so that one can be repeated without the others."""
        return random.Random(f"{self.seed} {kind}")

    def some(self, whole: int) -> int:
        return max(1, round(whole * self.share))


def power_cuts(faults: Faults) -> list[Row]:
    """Behind every record of the journal, and at random instants."""
    make = power.fresh(faults.place / "power", faults.image)
    places, undisturbed = power.baseline(make)
    row = Row("power", "none: nothing happens")
    row.count(undisturbed.verdict())
    chance = faults.chance("power")
    chosen = sorted(chance.sample(places, faults.some(len(places))))
    return [row, power.every_record(make, chosen, say),
            power.anywhere(make, places, chance, faults.some(100), say),
            power.undone(make, places, chance, faults.some(10), say)]


def killed(faults: Faults) -> list[Row]:
    """Signals to whatever runs."""
    make = power.fresh(faults.place / "kills", faults.image)
    return kills.at_random(make, faults.chance("kills"), faults.some(200), say)


def bad_media(faults: Faults) -> list[Row]:
    """Disks that fail."""
    make = power.fresh(faults.place / "media", faults.image)
    chance = faults.chance("media")
    return [*media.of_their_own(make, say),
            *media.in_every_step(make, lambda steps: chance.sample(steps, faults.some(len(steps))),
                                 say)]


def space_and_programs(faults: Faults) -> list[Row]:
    """What a machine can lack."""
    make = power.fresh(faults.place / "space", faults.image)
    return shortage.all_of_them(make, faults.chance("space"), faults.share, say)


KINDS: dict[str, Callable[[Faults], list[Row]]] = {
    "power": power_cuts, "kills": killed, "media": bad_media,
    "space": space_and_programs,
}


def small_server(place: Path) -> Path:
    """The image all begin with."""
    lab = Lab(place / "server", [SOURCE])
    lab.run("build_source.py").check()
    return lab.image(SOURCE.name)


def run(kinds: Sequence[str], seed: int, share: float) -> list[Row]:
    place = cache_directory("faults")
    shutil.rmtree(place)
    place.mkdir()
    faults = Faults(place, small_server(place), seed, share)
    rows: list[Row] = []
    for kind in kinds:
        say(f"{kind}, seed {seed}")
        rows += KINDS[kind](faults)
    return rows


def main() -> int:
    """Entry: 0 nothing was lost, 1 something was, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", description=__doc__)
    parser.add_argument("kind", nargs="*", choices=[[], *KINDS], help="only these")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the whole: 0.1 is a tenth")
    options = parser.parse_args()
    began = time.monotonic()
    rows = run(options.kind or list(KINDS), options.seed, options.share)
    print(f"seed {options.seed}, {(time.monotonic() - began) / 60:.1f} minutes")
    print(table(rows))
    return int(any(row.losses for row in rows))


if __name__ == "__main__":
    sys.exit(main())
