"""What is wrong with the arrays of a raidtab, as far as the file itself tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.raidtab_model import RaidDev, RaidDisk

LARGEST_MINOR = 511  # md's static minors: names above need another way to be made
_MD = re.compile(r"/dev/md/?(\d{1,9})", re.ASCII)


def lint_sections(sections: Sequence[RaidDev]) -> Iterator[Complaint]:
    """Complaints about each section, and about devices and arrays that come twice."""
    arrays: dict[str, RaidDev] = {}
    owners: dict[str, tuple[RaidDev, RaidDisk]] = {}
    for section in sections:
        yield from _name(section, arrays)
        yield from _options(section)
        yield from _counts(section)
        yield from _slots(section)
        for disk in section.disks:
            yield from _device(section, disk, owners)


def _name(section: RaidDev, arrays: dict[str, RaidDev]) -> Iterator[Complaint]:
    found = _MD.fullmatch(section.device)
    if found is None or int(found[1]) > LARGEST_MINOR:
        yield Complaint(
            section.line, section.column, f"{section.device} is no name for an array",
            f"write /dev/md0 to /dev/md{LARGEST_MINOR}",
        )
    first = arrays.setdefault(f"md{int(found[1])}" if found else section.device, section)
    if first is not section:
        yield Complaint(
            section.line, section.column,
            f"{section.name} is described in line {first.line} already",
            "give this array another number",
        )


def _options(section: RaidDev) -> Iterator[Complaint]:
    if section.level != "1":
        what = f"raid-level {section.level}" if section.level else "no raid-level"
        yield Complaint(
            *section.place("raid-level"), f"{section.name} has {what}; bootmirror builds mirrors",
            "write raid-level 1",
        )
    if section.persistent_superblock != 1:
        yield Complaint(
            *section.place("persistent-superblock"),
            f"{section.name} has no persistent superblock and would not be found at boot",
            "write persistent-superblock 1",
        )
    if section.chunk_size is not None:
        yield Complaint(
            *section.place("chunk-size"), f"A mirror has no chunks: chunk-size of {section.name} "
            "changes nothing", "remove that line", Severity.WARNING,
        )


def _counts(section: RaidDev) -> Iterator[Complaint]:
    slots = sum(disk.role in ("raid-disk", "failed-disk") for disk in section.disks)
    spares = sum(disk.role == "spare-disk" for disk in section.disks)
    if not section.nr_raid_disks:
        yield Complaint(
            section.line, section.column, f"{section.name} does not say how many disks it has",
            f"write nr-raid-disks {max(slots, 2)}",
        )
    elif slots != section.nr_raid_disks:
        yield Complaint(
            *section.place("nr-raid-disks"), f"{section.name} has nr-raid-disks "
            f"{section.nr_raid_disks}, but {slots} raid-disk and failed-disk lines",
            f"write nr-raid-disks {slots}, or add the missing device" if slots else
            "add a device line and a raid-disk line for each half",
        )
    if spares != section.nr_spare_disks:
        yield Complaint(
            *section.place("nr-spare-disks", "nr-raid-disks"), f"{section.name} has nr-spare-disks "
            f"{section.nr_spare_disks}, but {spares} spare-disk lines",
            f"write nr-spare-disks {spares}",
        )
    if slots and not any(disk.role == "raid-disk" for disk in section.disks):
        yield Complaint(
            section.line, section.column, f"{section.name} has no half that works",
            "make one of its devices a raid-disk",
        )


def _slots(section: RaidDev) -> Iterator[Complaint]:
    taken: dict[tuple[bool, int], RaidDisk] = {}
    for disk in section.disks:
        spare = disk.role == "spare-disk"
        if disk.role == "parity-disk":
            yield Complaint(
                disk.line, disk.column, f"A mirror has no parity: {disk.device} cannot hold it",
                "make it a raid-disk",
            )
            continue
        if disk.number < 0:  # said already when the line was read
            continue
        first = taken.setdefault((spare, disk.number), disk)
        if first is not disk:
            yield Complaint(
                disk.line, disk.column, f"{disk.device} has number {disk.number}, as "
                f"{first.device} in line {first.line} has", "number the disks 0, 1 and so on",
            )
        count = section.nr_spare_disks if spare else section.nr_raid_disks
        if count and disk.number >= count:
            yield Complaint(
                disk.line, disk.column,
                f"{disk.device} has number {disk.number}, but {count} disks are counted from 0",
                f"write a number from 0 to {count - 1}",
            )


def _device(
    section: RaidDev, disk: RaidDisk, owners: dict[str, tuple[RaidDev, RaidDisk]]
) -> Iterator[Complaint]:
    if not disk.device.startswith("/dev/"):
        yield Complaint(
            disk.line, disk.column, f"{disk.device} is no device", "write its path, /dev/sda1 say"
        )
    owner, first = owners.setdefault(disk.device, (section, disk))
    if first is disk:
        return
    if owner is section:
        message = f"{section.name} names {disk.device} twice (line {first.line})"
    else:
        message = (
            f"{section.name} names {disk.device} too; it already belongs to {owner.name} "
            f"(line {first.line})"
        )
    yield Complaint(disk.line, disk.column, message, "give each half a partition of its own")
