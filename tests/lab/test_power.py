"""Power cuts on disks with volatile caches. tests/faults makes hundreds of them; here are a few."""

from __future__ import annotations

import random
from pathlib import Path

from tests.faults import chain, power
from tests.faults.conversion import Conversion, Place
from tests.lab.conftest import SOURCE
from tests.lab.lab import MIB, Lab


def test_what_was_not_flushed_is_lost(tmp_path: Path) -> None:
    lab = Lab(tmp_path, [SOURCE])
    cut = lab.run("volatile.py", cut_at="HALT", cache="lose")
    assert cut.code is None
    with lab.image(SOURCE.name).open("rb") as image:
        found = [image.read(4)]
        for place in (MIB, 2 * MIB):
            image.seek(place)
            found.append(image.read(4))
    assert found == [b"kept", bytes(4), bytes(4)]


def test_a_finished_step_outlives_the_cut_right_behind_it(
    tmp_path: Path, server_image: Path
) -> None:
    """Its record is on the disk; what it speaks of must be too, or nobody would do it again."""
    conversion = Conversion(tmp_path, server_image, "lose")
    for step in ("build-initramfs", "boot-loader-on-both"):
        while not (found := conversion.boot(Place(step, 999))).cut:
            assert not found.lost
    conversion.to_the_end()
    assert conversion.verdict() == []


def test_cut_off_here_and_there_it_becomes_a_mirror(tmp_path: Path, server_image: Path) -> None:
    make = chain.fresh(tmp_path, server_image)
    places = [Place(step, number) for step in chain.ORDER for number in (1, 4)]
    cuts = power.anywhere(places, random.Random(1), 6)
    rows = chain.Chain(make, print, cuts).run()
    assert (sum(row.tried for row in rows), [row.losses for row in rows if row.losses]) == (6, [])
