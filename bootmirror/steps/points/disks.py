"""Whether both disks are here, with the partitions as planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bootmirror.errors import Refused
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Disk
from bootmirror.plan.model import Plan, Side
from bootmirror.steps.points.look import Look
from bootmirror.steps.tables import has_layout


def disks(look: Look) -> Iterator[Check]:
    for side in Side:
        ref = look.plan.disk(side)
        try:
            disk = ref.find(look.machine)
        except Refused as error:
            yield Check(f"disk {ref.id}", False, error.message, error.hint)
            continue
        if disk.content is not None and not disk.table:
            # A signature on the whole disk hides the table from lsblk: that is its own line.
            disk = replace(disk, table=look.plan.table)
        alike = has_layout(look.plan, side, disk)
        yield Check(f"partitions of {disk.name}", alike,
                    "as planned" if alike else f"not as planned: {_off(look.plan, side, disk)}",
                    f"Hold sfdisk --dump {disk.path} against the other disk's and set types and "
                    "flags right; nothing is to be moved.")


def _off(plan: Plan, side: Side, disk: Disk) -> str:
    if disk.table != plan.table:
        return f"the table is {disk.table or 'missing'}, not {plan.table}"
    wanted = {(p.number, p.start, p.size, p.type, p.bootable) for p in plan.partitions(side)}
    found = {(p.number, p.start, p.size, p.type, p.bootable) for p in disk.partitions}
    numbers = sorted({entry[0] for entry in wanted ^ found})
    return f"partition {', '.join(map(str, numbers))}"
