"""What a subject of verify is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Array, Disk, Machine, Partition
from bootmirror.plan.model import Plan, PlannedArray, Side


@dataclass(frozen=True)
class Look:
    """The plan of the mirror, and the machine as it is now."""

    host: Host
    plan: Plan
    machine: Machine

    def disk(self, side: Side) -> Disk | None:
        """One of the two disks; None while it is gone, or two claim to be it."""
        try:
            return self.plan.disk(side).find(self.machine)
        except Refused:
            return None

    def disks(self) -> Iterator[tuple[Side, Disk]]:
        """Those of the two that are here."""
        for side in Side:
            disk = self.disk(side)
            if disk is not None:
                yield side, disk

    def arrays(self) -> Iterator[tuple[PlannedArray, Array]]:
        """The planned arrays that run."""
        for planned in self.plan.arrays:
            array = self.machine.array(planned.uuid)
            if array is not None:
                yield planned, array

    def legs(self, planned: PlannedArray) -> Iterator[Partition]:
        """The partitions of the disks that are here which belong to an array."""
        for side, disk in self.disks():
            partition = disk.partition(planned.member(side).partition)
            if partition is not None:
                yield partition


@dataclass(frozen=True)
class Point:
    """A subject: what it is called when it cannot be looked at, and how it is looked at."""

    name: str
    look: Callable[[Look], Iterator[Check]]
