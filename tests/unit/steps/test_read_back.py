"""A mirror with a byte that cannot be read never stands alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.steps.arrived import no_bad_blocks
from bootmirror.steps.read_back_mirror import WAY_BACK, ReadBackMirror, ReadThrough
from tests.unit.steps.machines import MACHINES, planned
from tests.unit.steps.test_copying import Quiet

PIECE = 4096


class Reading(Host):
    """A device of ten pieces; ``bad`` is the one that cannot be read, ``end`` where it ends."""

    def __init__(self, bad: int = 99, end: int = 10) -> None:
        super().__init__()
        self.bad, self.end = bad, end
        self.read_whole: list[str] = []

    def read_through(self, path: str, chunk: int = PIECE) -> Iterator[int]:
        for number in range(self.end):
            if number == self.bad:
                raise OSError(5, "Input/output error")
            yield PIECE
        self.read_whole.append(path)


def read(host: Host, *paths: str) -> None:
    ReadThrough(tuple((path, 10 * PIECE) for path in paths)).perform(host, Quiet())


def test_every_partition_is_read_to_its_end() -> None:
    host = Reading()
    read(host, "/dev/sda1", "/dev/sda2")
    assert host.read_whole == ["/dev/sda1", "/dev/sda2"]


@pytest.mark.parametrize("bad", [0, 7, 9])
def test_a_sector_that_cannot_be_read_is_told_with_its_place(bad: int) -> None:
    with pytest.raises(StepFailed, match=f"/dev/sda1 cannot be read at byte {bad * PIECE}:") as e:
        read(Reading(bad), "/dev/sda1")
    assert "The old disk is untouched" in e.value.hint


def test_a_device_that_ends_too_early_is_not_good() -> None:
    with pytest.raises(StepFailed, match=f"cannot be read at byte {8 * PIECE}"):
        read(Reading(end=8), "/dev/sda1")


@pytest.mark.parametrize("loader", MACHINES)
def test_it_is_every_half_of_an_array_that_is_read(loader: str) -> None:
    plan = planned(loader)
    before, reading, after = ReadBackMirror().actions(plan, MACHINES[loader])
    assert isinstance(reading, ReadThrough)
    assert before == after == no_bad_blocks(plan, WAY_BACK)
    sizes = {f"/dev/sda{p.number}": p.size for p in plan.mirror_partitions}
    assert reading.parts == tuple(
        (path, sizes[path]) for path in sorted(f"/dev/sda{a.partition}" for a in plan.arrays))
