"""The arrays to build, from the raidtab as the user left it; and what contradicts the machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.raidtab import RaidDev, RaidDisk, Raidtab, lint_raidtab
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import partition_path
from bootmirror.plan.model import SWAP, PlannedArray, PlannedMember, PlannedSpare, Side
from bootmirror.plan.names import derived_uuid, md_uuid
from bootmirror.plan.spares import spare_of

METADATA = "1.2"  # its superblock at 4 KiB is not mistaken for a file system


@dataclass(frozen=True)
class Ground:
    """What arrays are built on. ``found``: what each partition number holds (see
    plan.layout.holdings)."""

    machine: Machine
    source: Disk
    mirror: Disk
    found: dict[int, str]


def arrays_of(
    text: str, ground: Ground, *, seed: str, boot_metadata: str, mirror_first: bool = False
) -> tuple[tuple[PlannedArray, ...], tuple[Complaint, ...]]:
    """The arrays, and every complaint about the text. With an error there may be arrays missing.

    ``boot_metadata`` is the version the boot loader wants for the array with /boot;
    ``mirror_first``: it wants the mirror as raid-disk 0 there.
    """
    source, mirror, found = ground.source, ground.mirror, ground.found
    boot = "/boot" if "/boot" in found.values() else "/"
    raidtab = Raidtab.parse(text)
    places = {
        partition_path(disk, number): (side, number)
        for side, disk in ((Side.MIRROR, mirror), (Side.SOURCE, source))
        for number in found
    }
    complaints = [*lint_raidtab(text)]
    arrays: list[PlannedArray] = []
    meant: list[Complaint] = []
    for section in raidtab.sections:
        array, own = _array(section, places, ground, seed)
        meant += own
        if array is not None:
            if array.holds == boot:
                array = replace(array, metadata=boot_metadata)
                if mirror_first and array.member(Side.MIRROR).slot != 0:
                    meant.append(_not_first(section, places))
            arrays.append(array)
    if len(arrays) == len(raidtab.sections):  # else what is left out may be meant there
        meant += _left_out(arrays, found, raidtab.sections, partition_path(mirror, 0)[:-1])
    if raidtab.readable:
        complaints += meant
    return tuple(arrays), tuple(sorted(set(complaints)))


def create_command(array: PlannedArray, mirror_path: str) -> list[str]:
    """What mdadm is told; ``mirror_path`` is the mirror's member, the other is missing for now."""
    slots = {m.slot: mirror_path if m.side is Side.MIRROR else "missing" for m in array.members}
    return [
        "mdadm", "--create", array.device, "--run", "--level=1",
        f"--raid-devices={len(slots)}", f"--metadata={array.metadata}", "--bitmap=internal",
        f"--uuid={array.uuid}", *(slots[slot] for slot in sorted(slots)),
    ]


def spare_commands(array: PlannedArray) -> list[list[str]]:
    """What mdadm is told of the spares, once both halves are alike."""
    return [["mdadm", array.device, "--add", spare.path] for spare in array.spares]


def _array(
    section: RaidDev,
    places: dict[str, tuple[Side, int]],
    ground: Ground,
    seed: str,
) -> tuple[PlannedArray | None, list[Complaint]]:
    complaints: list[Complaint] = []
    members: list[PlannedMember] = []
    spare_lines: list[RaidDisk] = []
    for disk in section.disks:
        place = places.get(disk.device)
        if place is None and disk.role == "spare-disk" and not _of_the_two(disk, ground):
            spare_lines.append(disk)
            continue
        if place is None:
            complaints.append(_at(
                disk, f"{disk.device} is not a partition of this mirror",
                f"use one of {', '.join(sorted(places))}"))
            continue
        side, number = place
        complaints += _role(disk, side)
        members.append(PlannedMember(side, number, disk.number))
    if {m.side for m in members} != {Side.SOURCE, Side.MIRROR} or len(members) != 2:
        if not complaints:
            complaints.append(Complaint(
                section.line, 1, f"{section.device} needs one partition of each disk",
                "name the mirror's as raid-disk and the source's as failed-disk"))
        return None, complaints
    numbers = {m.partition for m in members}
    if len(numbers) != 1:
        complaints.append(_at(
            section.disks[-1], f"{section.device} joins partitions of different numbers",
            "both disks get the same layout: pair equal numbers"))
        return None, complaints
    number = numbers.pop()
    whole = ground.source.partition(number)
    wanted = [spare_of(ground.machine, line, whole.size if whole else 0) for line in spare_lines]
    complaints += [spare for spare in wanted if isinstance(spare, Complaint)]
    array = PlannedArray(
        device=section.device,
        uuid=md_uuid(derived_uuid(seed, f"array-{number}")),
        metadata=METADATA,
        members=tuple(sorted(members, key=lambda m: m.slot)),
        holds=ground.found[number],
        spares=tuple(spare for spare in wanted if isinstance(spare, PlannedSpare)),
    )
    return array, complaints


def _not_first(section: RaidDev, places: dict[str, tuple[Side, int]]) -> Complaint:
    mirrors = next(d for d in section.disks if places.get(d.device, (None, 0))[0] is Side.MIRROR)
    return _at(mirrors, f"{mirrors.device} must be raid-disk 0: the boot loader reads /boot "
               "from there while the other half is missing or not in sync",
               "write 0 here and 1 for the other half")


def _of_the_two(disk: RaidDisk, ground: Ground) -> bool:
    return any(disk.device == p.path for d in (ground.source, ground.mirror) for p in d.partitions)


def _role(disk: RaidDisk, side: Side) -> Iterator[Complaint]:
    wanted = "raid-disk" if side is Side.MIRROR else "failed-disk"
    if disk.role != wanted:
        why = ("the mirror holds the first half" if side is Side.MIRROR
               else "the source joins after the first boot and counts as failed until then")
        yield _at(disk, f"{disk.device} must be a {wanted}: {why}", f"write {wanted}")


def _left_out(
    arrays: list[PlannedArray],
    found: dict[int, str],
    sections: tuple[RaidDev, ...],
    prefix: str,
) -> Iterator[Complaint]:
    built = {array.partition for array in arrays}
    named = {disk.device for section in sections for disk in section.disks}
    for number, held in found.items():
        # Swap may stay plain, one partition on each disk.
        if held != SWAP and number not in built and f"{prefix}{number}" not in named:
            yield Complaint(1, 1, f"no array holds {held}",
                            f"add a section with {prefix}{number}")


def _at(disk: RaidDisk, message: str, hint: str) -> Complaint:
    return Complaint(disk.line, disk.column, message, hint)
