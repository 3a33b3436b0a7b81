"""A practice machine as scenarios use it: its image, a second disk, today's code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.vm.deploy import deploy
from tests.vm.image.build import base_disk
from tests.vm.image.spec import MIB, MIRROR_SERIAL, PRACTICE, Spec
from tests.vm.machine import DiskImage, Machine, blank_disk
from tests.vm.progress import phase


@dataclass(frozen=True)
class Practice:
    """A running practice machine and its two disks."""

    machine: Machine
    source: DiskImage
    mirror: DiskImage

    @property
    def spec(self) -> Spec:
        return self.machine.spec


@dataclass(frozen=True)
class Second:
    """The second disk: how many MiB it is larger than the first, and its sectors' bytes."""

    larger: int = 0
    sector: int = 512


def fresh_disks(machine: Machine, second: Second) -> tuple[DiskImage, DiskImage]:
    """Source (an overlay of the base image) and blank mirror, gone with the machine."""
    source = base_disk(machine.spec).overlay(machine.directory / "source.qcow2")
    size = machine.spec.disk_bytes + second.larger * MIB
    raw = blank_disk(MIRROR_SERIAL, machine.directory / "mirror.img", size)
    return source, DiskImage(raw.serial, raw.path, second.sector)


@contextlib.contextmanager
def practice_machine(
    spec: Spec = PRACTICE, second: Second | None = None, *, memory: int = 1024,
    durable: bool = False,
) -> Iterator[Practice]:
    """A booted machine with bootmirror on it; switched off and removed at the end."""
    base_disk(spec)  # before the lock is taken: building it takes a while
    with Machine(spec, memory=memory, durable=durable) as machine:
        source, mirror = fresh_disks(machine, second or Second())
        with phase("booting the practice machine"):
            machine.boot([source, mirror])
        with phase("putting bootmirror on it"):
            deploy(machine.ssh)
        yield Practice(machine, source, mirror)
