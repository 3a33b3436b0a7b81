"""Every fault, by kind, and a table of what came of each: python -m tests.faults.run.

The same SEED draws the same faults. Disks that an earlier run left in the cache are removed first.
With --continue, what such a run survived with the same seed, the same bootmirror and the same tests
is counted, not carried out again; but for the conversion that nothing happens to.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.faults import (
    boots,
    hostile,
    kills,
    many_files,
    media,
    no_luck,
    power,
    shortage,
    undoing,
)
from tests.faults.chain import CACHES, Make, Trial, chains, fresh
from tests.faults.kept import Kept
from tests.faults.table import Row, merged, table
from tests.lab.conftest import SOURCE
from tests.lab.lab import REPOSITORY, Lab, stop_all
from tests.vm.cache import cache_directory
from tests.vm.progress import say

SEED = 20010101  # the month the recipe appeared in print
KILLS = 200

Work = Callable[[], list[Row]]  # some of a kind's faults; several are carried out side by side


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

    def make(self, kind: str) -> Make:
        return fresh(self.place / kind, self.image, f"{self.seed} {kind}")

    def drawn(self, kind: str, trials: Sequence[Trial]) -> list[Trial]:
        """That share of them."""
        return self.chance(f"{kind}, which").sample(trials, self.some(len(trials)))


def power_cuts(faults: Faults) -> list[Work]:
    """Behind every record of the journal, and at random instants."""
    make = faults.make("power")
    records, undisturbed = power.baseline(make)
    places = list(dict.fromkeys(place for place, _ in records))
    row = Row("power", "none: nothing happens")
    row.count(undisturbed.verdict())
    chance = faults.chance("power")
    every = faults.drawn("power", power.every_record(records))
    return [lambda: [row], *chains(make, say, every),
            *(partial(power.without_a_step, make, say, cache) for cache in CACHES),
            *chains(make, say, power.anywhere(places, chance, faults.some(100))),
            *power.undone(make, places, chance, faults.some(10), say)]


def killed(faults: Faults) -> list[Work]:
    """Signals to whatever runs."""
    make, parts = faults.make("kills"), 4
    count = -(-faults.some(KILLS) // parts)
    return [partial(kills.at_random, make, faults.chance(f"kills {part}"), count, say)
            for part in range(parts)]


def bad_media(faults: Faults) -> list[Work]:
    """Disks that fail."""
    make = faults.make("media")
    return [partial(media.staying, make, say), partial(media.lost_writes, make, say),
            *chains(make, say, media.MENDING),
            *chains(make, say, faults.drawn("media", media.in_every_step()))]


def space_and_programs(faults: Faults) -> list[Work]:
    """What a machine can lack."""
    trials = shortage.trials(faults.chance("space"))
    make, chance = faults.make("no-luck"), faults.chance("no luck")
    in_undo = faults.drawn("undo", undoing.TRIALS)
    return [*chains(faults.make("space"), say, faults.drawn("space", trials)),
            *undoing.pieces(faults.make("undo"), in_undo, say),
            *chains(make, say, faults.drawn("no luck", no_luck.TRIALS)),
            *no_luck.of_their_own(make, chance, faults.share, say),
            lambda: [many_files.flat(faults.share, say)]]


def in_qemu(faults: Faults) -> list[Work]:
    """Real boots cut off; all or none, whatever the share."""
    return [partial(boots.cut_off_in_qemu, faults.seed)]


def hostile_input(faults: Faults) -> list[Work]:
    """Strings from disks, labels and files."""
    return [partial(hostile.in_a_process, faults.seed, faults.some(hostile.ENGINE),
                    faults.some(hostile.SCREENS))]


KINDS: dict[str, Callable[[Faults], list[Work]]] = {
    "boots": in_qemu, "power": power_cuts, "kills": killed, "media": bad_media,
    "space": space_and_programs,
    "hostile": hostile_input,
}


def small_server(place: Path) -> Path:
    """The image all begin with."""
    # The machines read the code from here, and write none: else each boot compiles it anew.
    for package in ("bootmirror", "tests"):
        compileall.compile_dir(REPOSITORY / package, quiet=1)
    lab = Lab(place / "server", [SOURCE])
    lab.run("build_source.py").check()
    return lab.image(SOURCE.name)


def guarded(kind: str, work: Work) -> list[Row]:
    """Its rows; the others go on when it cannot be carried out, which counts as a loss."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - named in the table
        traceback.print_exc()
        broken = Row(kind, "could not be carried out")
        broken.count([f"{type(error).__name__}: {error}"])
        return [broken]


def run(kinds: Sequence[str], seed: int, share: float, workers: int, kept: Kept) -> list[Row]:
    place = cache_directory("faults")
    shutil.rmtree(place)
    place.mkdir()
    faults = Faults(place, small_server(place), seed, share)
    pool = ThreadPoolExecutor(workers)
    try:
        waiting = []
        for kind in kinds:
            say(f"{kind}, seed {seed}")
            waiting += [
                pool.submit(kept.rows, f"{kind}-{number}", partial(guarded, kind, work))
                for number, work in enumerate(KINDS[kind](faults))
            ]
        return merged(row for some in waiting for row in some.result())
    except BaseException:  # also when the run is stopped: nothing of it goes on
        pool.shutdown(wait=False, cancel_futures=True)
        stop_all()
        raise


def main() -> int:
    """Entry: 0 nothing was lost, 1 something was, 2 usage, 130 stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", description=__doc__)
    parser.add_argument("kind", nargs="*", choices=[[], *KINDS], help="only these")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the whole: 0.1 is a tenth")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1,
                        help="machines at a time; one for each core")
    parser.add_argument("--continue", dest="goes_on", action="store_true",
                        help="leave out what an earlier run survived with this code and seed")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    kept = Kept(f"seed-{options.seed}-share-{options.share}", options.goes_on)
    try:
        rows = run(options.kind or list(KINDS), options.seed, options.share, options.jobs, kept)
    except KeyboardInterrupt:
        say("stopped; --continue goes on from here")
        sys.stdout.flush()
        os._exit(130)  # no waiting for the threads; QEMU ends with its parent
    print(f"seed {options.seed}, {(time.monotonic() - began) / 60:.1f} minutes{kept.told()}")
    print(table(rows))
    return int(any(row.losses for row in rows))


if __name__ == "__main__":
    sys.exit(main())
