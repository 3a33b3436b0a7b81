"""Whether each plain swap partition has its planned UUID, on either disk."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.boot import Check
from bootmirror.plan.model import Side
from bootmirror.steps.points.look import Look


def swap(look: Look) -> Iterator[Check]:
    for area in look.plan.plain_swaps:
        uuids = {Side.SOURCE: area.source_uuid, Side.MIRROR: area.uuid}
        for side, disk in look.disks():
            partition = disk.partition(area.partition)
            held = partition.content.uuid if partition and partition.content else ""
            name = partition.name if partition else f"{disk.name}, partition {area.partition}"
            yield Check(f"swap on {name}", held == uuids[side],
                        "has the UUID that was planned" if held == uuids[side]
                        else f"does not have the UUID {uuids[side]}",
                        f"Make it anew: mkswap --uuid {uuids[side]} "
                        f"{partition.path if partition else 'that partition'}.")
