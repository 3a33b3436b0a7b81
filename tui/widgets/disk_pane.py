"""One disk as a pane: what it is, its map, its partitions, and what it will become."""

from __future__ import annotations

from bootmirror.kinds.mbr import EXTENDED
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Array, Disk, Machine, Mount, Partition
from bootmirror.plan.model import Plan, PlannedPartition, Side
from tui.glyphs import Glyphs
from tui.text import Line, Span, columns, line, short
from tui.widgets.disk_map import Extent, disk_map
from tui.words import identity, size

LABEL = 30  # cells
WIDE = 90  # cells of a pane that shows types and UUIDs too


def disk_lines(machine: Machine, disk: Disk, width: int, glyphs: Glyphs) -> list[Line]:
    """The disk, its identity, its map to scale and its partitions."""
    about = "  ".join(filter(None, (size(disk.size), disk.transport.upper(), disk.model)))
    heat = f"{disk.temperature}°C" if disk.temperature is not None else ""
    marks = ("read-only" if disk.read_only else "", "removable" if disk.removable else "")
    known = "  ".join(filter(None, (identity(disk), heat, *marks)))
    real = [p for p in disk.partitions if p.type not in EXTENDED]
    extents = [Extent(p.start, p.size, _letter(machine, p), _style(p)) for p in real]
    return [
        line(Span(f" {disk.name}", "bold"), f"  {about}"),
        line(f" {known}"),
        (Span(" "), *disk_map(disk.size, extents, width - 2, glyphs)),
        *_partition_lines(machine, disk, width),
    ]


def _partition_lines(machine: Machine, disk: Disk, width: int) -> list[Line]:
    if not disk.partitions:
        held = f"holds {disk.content.kind}, no partitions" if disk.content else "no partitions"
        return [line(f" {held}")]
    wide = width >= WIDE
    rows = columns([(*_row(machine, p), *(_more(p) if wide else ())) for p in disk.partitions])
    return [line(f" {row}") for row in rows]


def _more(partition: Partition) -> tuple[str, ...]:
    """What a wide pane shows besides: the type, and the UUID of what it holds."""
    return f"type {partition.type}", partition.content.uuid if partition.content else ""


def _row(machine: Machine, partition: Partition) -> tuple[str, ...]:
    array = machine.array_of(partition.name)
    mount = mount_of(machine, partition, array)
    kind = partition.content.kind if partition.content else ""
    nothing = "extended" if partition.type in EXTENDED else "empty"
    what = {"linux_raid_member": "RAID"}.get(kind, kind or nothing)
    if array is not None:
        return (
            partition.name,
            size(partition.size),
            what,
            f"{array.name} {short(mount.target, LABEL) if mount else ''}",
            "",
        )
    where = short(mount.target, LABEL) if mount else _quoted(partition)
    return partition.name, size(partition.size), what, where, _usage(mount)


def _quoted(partition: Partition) -> str:
    label = partition.content.label if partition.content else ""
    return f'"{short(label, LABEL)}"' if label else ""


def _usage(mount: Mount | None) -> str:
    return f"{100 * mount.used // mount.size:3d}%" if mount is not None and mount.size else ""


def mount_of(machine: Machine, partition: Partition, array: Array | None) -> Mount | None:
    """Where a partition, or the array it belongs to, is mounted."""
    for place in (partition.path, array.path if array else ""):
        for mount in machine.mounts_of(place) if place else ():
            if mount.fsroot == "/":
                return mount
    return None


def _letter(machine: Machine, partition: Partition) -> str:
    mount = mount_of(machine, partition, machine.array_of(partition.name))
    swap = partition.content is not None and partition.content.kind == "swap"
    return "S" if swap else letter_of(mount.target if mount else "", partition.number)


def letter_of(mountpoint: str, number: int) -> str:
    """/ for the root, B for /boot; else the partition's number."""
    letter = mountpoint if mountpoint == "/" else mountpoint.strip("/")[:1]
    plain = letter == "/" or (letter.isascii() and letter.isalnum())  # one cell on every terminal
    return letter.upper() if plain else str(number)


def _style(partition: Partition) -> str:
    return "good" if partition.holders else "bar"


def future_lines(plan: Plan, side: Side, disk: Disk, width: int, glyphs: Glyphs) -> list[Line]:
    """What a disk will become by the plan."""
    extents = [
        Extent(
            p.start,
            p.size,
            "S" if p.role is Role.SWAP else letter_of(_target(plan, side, p), p.number),
        )
        for p in plan.partitions(side)
        if p.role is not Role.EXTENDED  # what it holds is drawn
    ]
    rows = columns([_future_row(plan, side, disk, p) for p in plan.partitions(side)])
    return [
        line(Span(" will become", "bold")),
        (Span(" "), *disk_map(disk.size, extents, width - 2, glyphs)),
        *(line(f" {row}") for row in rows),
    ]


def _future_row(plan: Plan, side: Side, disk: Disk, partition: PlannedPartition) -> tuple[str, ...]:
    separator = "p" if disk.name[-1:].isdigit() else ""
    name = f"{disk.name}{separator}{partition.number}"
    array = _array(plan, side, partition)
    if array == ("", ""):
        return name, size(partition.size), partition.role.value, "", ""
    return name, size(partition.size), "RAID", *array


def _array(plan: Plan, side: Side, partition: PlannedPartition) -> tuple[str, str]:
    for array in plan.arrays:
        if any(m.side == side and m.partition == partition.number for m in array.members):
            return array.device.rsplit("/", 1)[-1], array.holds
    return "", ""


def _target(plan: Plan, side: Side, partition: PlannedPartition) -> str:
    return _array(plan, side, partition)[1]
