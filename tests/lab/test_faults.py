"""A few of the faults that tests/faults makes by the hundred: disks, room, luck, kills, an undo."""

from __future__ import annotations

import random
from pathlib import Path

from tests.faults import chain, kills, media, no_luck, shortage, undoing
from tests.faults.conversion import Conversion
from tests.faults.table import merged, table

CHOSEN = frozenset({
    "dies:mirror copy-system:1", "full:/ final-copy:1", "vanishes:source read-back-mirror:1",
    "unreadable:source copy-system:1", "no-writes:mirror resync:1", "inodes:/ verify:1",
    "changing:/var/tmp check:1", "grows:/ final-copy:1", "torn:HALF partition-source:2",
    "returns:mirror partition-source:1", "rivals: resync:1",
})


def test_disks_that_fail_no_room_and_bad_luck(tmp_path: Path, server_image: Path) -> None:
    every = (*media.in_every_step(), *media.MENDING, *shortage.trials(random.Random(1)),
             *no_luck.TRIALS)
    trials = [trial for trial in every if str(trial) in CHOSEN]
    assert len(trials) == len(CHOSEN)
    rows = chain.Chain(chain.fresh(tmp_path, server_image, "1"), print, trials).run()
    assert sum(row.tried for row in rows) == len(CHOSEN)
    assert not [row.losses for row in rows if row.losses], table(rows)


def test_an_undo_that_is_struck(tmp_path: Path, server_image: Path) -> None:
    make = chain.fresh(tmp_path, server_image, "1")
    trial = next(trial for trial in undoing.TRIALS if trial.fault == "dies:mirror")
    rows = merged([*undoing.pieces(make, [trial], print)[0](),
                   *undoing.without_the_mirror(make, print)])
    assert [row.tried for row in rows] == [1, 1]
    assert not [row.losses for row in rows if row.losses], table(rows)


def test_writes_that_are_lost(tmp_path: Path, server_image: Path) -> None:
    (row,) = media.lost_writes(chain.fresh(tmp_path, server_image, "1"), print)
    assert (row.tried, row.losses) == (1, []), table([row])


def test_processes_that_are_killed(tmp_path: Path, server_image: Path) -> None:
    conversion = Conversion(tmp_path, server_image, "lose", "1")
    assert len(kills.one(conversion, random.Random(1))) >= kills.HALF
    assert conversion.verdict() == []
