"""Small guards of single steps: what they begin with, and what does not count as done."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from bootmirror.host.host import Host
from bootmirror.machine.model import Content, Partition
from bootmirror.steps.build_initramfs import older_than
from bootmirror.steps.final_copy import FinalCopy
from bootmirror.steps.partition_mirror import PartitionMirror
from bootmirror.steps.partition_source import PartitionSource
from tests.unit.steps.machines import MACHINES, planned
from tests.unit.steps.test_confirm import MACHINE, PLAN
from tests.unit.steps.test_order import EVERY_LOADER


def test_the_final_copy_first_takes_the_armed_boot_back() -> None:
    first = FinalCopy().actions(PLAN, MACHINE)[0].describe()
    assert first.startswith("grub-editenv /boot/grub/grubenv unset next_entry")


@EVERY_LOADER
def test_no_table_counts_as_a_partitioned_mirror(loader: str) -> None:
    """It may have been there before, or lack the boot code that goes on to the old disk."""
    plan = planned(loader)
    machine = MACHINES[loader]
    mirror = plan.mirror.find(machine)
    parts = tuple(
        Partition(p.number, f"{mirror.name}{p.number}", f"{mirror.path}{p.number}", p.start, p.size,
                  p.type, bootable=p.bootable) for p in plan.mirror_partitions)
    disks = tuple(replace(d, table=plan.table, partitions=parts) if d is mirror else d
                  for d in machine.disks)
    assert PartitionMirror().done(replace(machine, disks=disks), plan) is None


def test_swap_that_was_not_made_again_is_not_done() -> None:
    """A crash between the table and mkswap leaves it without its UUID."""
    source = PLAN.source.find(MACHINE)
    types = {p.number: p for p in PLAN.source_partitions}
    (swap,) = PLAN.swaps

    def machine_with(made: bool) -> bool | None:
        content = Content("swap", uuid=swap.source_uuid) if made else None
        parts = tuple(
            replace(p, type=types[p.number].type, bootable=types[p.number].bootable,
                    content=content if p.number == swap.partition else None)
            for p in source.partitions)
        disks = tuple(
            replace(d, partitions=parts) if d is source else d for d in MACHINE.disks)
        return PartitionSource().done(replace(MACHINE, disks=disks), PLAN)

    assert machine_with(made=True) is True
    assert machine_with(made=False) is False


def test_an_initramfs_older_than_its_configuration_is_found(tmp_path: Path) -> None:
    image, conf = tmp_path / "initrd.img", tmp_path / "mdadm.conf"
    for path in (image, conf):
        path.touch()
    os.utime(conf, (1000, 1000))
    os.utime(image, (2000, 2000))
    assert older_than(Host(), str(image), [str(conf)]) == ""
    os.utime(image, (500, 500))
    assert older_than(Host(), str(image), [str(conf)]) == str(conf)
