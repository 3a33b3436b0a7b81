"""Whether each device shows what was planned for it, and nothing of an earlier life.

A stale superblock, or the magic of an old file system, is taken for the real one by whoever looks
for it first: at a boot, that decides what is assembled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.formats.wipefs import ARGV, Signature, parse_wipefs
from bootmirror.host.clean import clean
from bootmirror.kinds.boot import Check
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.partition_table import Role
from bootmirror.plan.model import PlannedArray, SwapForm
from bootmirror.plan.names import mapper_path, same_array
from bootmirror.steps.points.look import Look

RAID, LVM, ESP = "linux_raid_member", "LVM2_member", "vfat"
PROTECTIVE = "PMBR"  # the MBR that lies before a GPT
# What an array holds shows in its halves too while its superblock lies at their end.
AT_END = ("0.90", "1.0")


@dataclass(frozen=True)
class Expected:
    """What a device must show, and what it may show beside that. An empty UUID: any."""

    must: tuple[tuple[str, str], ...]  # kind, UUID
    may: tuple[tuple[str, str], ...] = ()


def signatures(look: Look) -> Iterator[Check]:
    for path, expected in _devices(look):
        argv = [*ARGV, path]
        found = parse_wipefs(look.host.run(argv, quiet=True, timeout=60).stdout)
        wrong = _wrong(found, expected)
        yield Check(f"signatures on {path.removeprefix('/dev/')}", not wrong,
                    "; ".join(wrong) or "what was planned, and nothing else",
                    f"See wipefs --no-act {path}; what is stale goes with wipefs --offset OFFSET "
                    f"{path}, that one alone, from a rescue system where it is in use.")


def _devices(look: Look) -> Iterator[tuple[str, Expected]]:
    holds = {a.uuid: _holds(look, a) for a in look.plan.arrays}
    members = {a.partition: a for a in look.plan.arrays}
    for side, disk in look.disks():
        yield disk.path, Expected(((look.plan.table, ""),), ((PROTECTIVE, ""),))
        swaps = {s.partition for s in look.plan.plain_swaps}
        for planned in look.plan.partitions(side):
            partition, array = disk.partition(planned.number), members.get(planned.number)
            if partition is None:
                continue
            if array is not None:
                may = (*holds[array.uuid], *_record(look, array))
                yield partition.path, Expected(
                    ((RAID, array.uuid),), may if array.metadata in AT_END else ())
            elif planned.number in swaps:
                yield partition.path, Expected((("swap", ""),))
            elif planned.role is Role.ESP:
                yield partition.path, Expected(((ESP, look.plan.boot.esp_uuid),))
    for planned_array, running in look.arrays():
        yield running.path, Expected(holds[planned_array.uuid], _record(look, planned_array))
    for filesystem in look.plan.filesystems:
        if filesystem.volume:
            path = mapper_path(look.plan.group_of(filesystem).name, filesystem.volume)
            yield path, Expected(((filesystem.kind, filesystem.uuid),))


def _holds(look: Look, array: PlannedArray) -> tuple[tuple[str, str], ...]:
    """What an array shows: a file system, swap, or a physical volume."""
    if any(g.partition == array.partition for g in look.plan.groups):
        return ((LVM, ""),)
    own = [(f.kind, f.uuid) for f in look.plan.filesystems
           if f.partition == array.partition and not f.volume]
    own += [("swap", s.uuid) for s in look.plan.swaps
            if s.partition == array.partition and s.form is SwapForm.ARRAY]
    return tuple(own)


def _record(look: Look, array: PlannedArray) -> tuple[tuple[str, str], ...]:
    """The boot loader's own record on the array with /boot."""
    kind = BOOT_LOADERS[look.plan.boot_loader].record_kind
    return ((kind, ""),) if kind and array.device == look.plan.boot.array else ()


def _wrong(found: tuple[Signature, ...], expected: Expected) -> list[str]:
    wrong = [f"shows no {kind} {uuid}".rstrip() for kind, uuid in expected.must
             if not any(_is(s, kind, uuid) for s in found)]
    known = (*expected.must, *expected.may)
    wrong += [f"shows {clean(s.kind)} {clean(s.uuid)}".rstrip() + f" at {s.offset:#x}"
              for s in found if not any(_is(s, *entry) for entry in known)]
    raid = [s for s in found if s.kind == RAID and any(_is(s, *entry) for entry in known)]
    wrong += [f"shows a second superblock of its array at {s.offset:#x}" for s in raid[1:]]
    return wrong


def _is(signature: Signature, kind: str, uuid: str) -> bool:
    if signature.kind != kind:
        return False
    if kind == RAID:
        return same_array(uuid, signature.uuid)
    return not uuid or uuid.lower() == signature.uuid.lower()
