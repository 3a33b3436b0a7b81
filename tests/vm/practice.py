"""The practice machine as scenarios use it: base image, blank second disk, today's code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.vm.deploy import deploy
from tests.vm.image import geometry
from tests.vm.image.build import base_disk
from tests.vm.machine import DiskImage, Machine, blank_disk
from tests.vm.progress import phase


@dataclass(frozen=True)
class Practice:
    """A running practice machine and its two disks."""

    machine: Machine
    source: DiskImage
    mirror: DiskImage


def fresh_disks(machine: Machine) -> tuple[DiskImage, DiskImage]:
    """Source (an overlay of the base image) and blank mirror, gone with the machine."""
    source = base_disk().overlay(machine.directory / "source.qcow2")
    raw = blank_disk(geometry.MIRROR_SERIAL, machine.directory / "mirror.img")
    return source, raw


@contextlib.contextmanager
def practice_machine(*, memory: int = 1024, durable: bool = False) -> Iterator[Practice]:
    """A booted machine with bootmirror on it; switched off and removed at the end."""
    base_disk()  # before the lock is taken: building it needs a machine of its own
    with Machine(memory=memory, durable=durable) as machine:
        source, mirror = fresh_disks(machine)
        with phase("booting the practice machine"):
            machine.boot([source, mirror])
        with phase("putting bootmirror on it"):
            deploy(machine.ssh)
        yield Practice(machine, source, mirror)
