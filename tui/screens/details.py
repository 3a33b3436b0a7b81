"""All facts about the disks, for reading."""

from __future__ import annotations

from bootmirror.machine.model import Disk, Machine
from tui.text import EMPTY, Line, Span, columns, line, short, wrap
from tui.words import size

LABEL = 40  # cells


def disk_details(machine: Machine, width: int) -> list[Line]:
    """The machine in two lines, then every disk with all its names, partitions and holders."""
    loader = " ".join(
        filter(
            None, (machine.boot_loader.kind or "unknown boot loader", machine.boot_loader.version)
        )
    )
    about = f"{machine.os_name}, kernel {machine.kernel}, {machine.firmware.upper()}, {loader}"
    lines = wrap(about, width - 1, " ", "", " ")
    for disk in machine.disks:
        lines += [EMPTY, *_disk(machine, disk, width)]
    return lines


def _disk(machine: Machine, disk: Disk, width: int) -> list[Line]:
    facts = [
        ("model", disk.model),
        ("serial", disk.serial),
        ("WWN", disk.wwn),
        ("size", f"{size(disk.size)} ({disk.size} bytes)"),
        ("sectors", f"{disk.sector_size} bytes logical, {disk.physical_sector_size} physical"),
        ("kind", _kind(disk)),
        ("table", f"{disk.table or 'none'} {disk.table_id}".strip()),
        ("content", disk.content.kind if disk.content else ""),
        ("used by", ", ".join(disk.holders)),
        *(("name", name) for name in (*disk.by_id, *disk.by_path)),
    ]
    lines = [line(Span(f" {disk.path}", "bold"))]
    for name, value in facts:
        if value:
            lines += wrap(value, width - 1, " " * 12, "", f"   {name:8} ")
    rows = columns([_partition(machine, disk, i) for i in range(len(disk.partitions))])
    return [*lines, *(line(f"   {row}") for row in rows)]


def _kind(disk: Disk) -> str:
    marks = (
        disk.transport.upper(),
        "rotating" if disk.rotational else "not rotating",
        "removable" if disk.removable else "",
        "read-only" if disk.read_only else "",
        f"{disk.temperature}°C" if disk.temperature is not None else "",
    )
    return ", ".join(filter(None, marks))


def _partition(machine: Machine, disk: Disk, i: int) -> tuple[str, ...]:
    p = disk.partitions[i]
    content = p.content
    targets = " ".join(m.target for m in machine.mounts_of(p.path))
    return (
        p.name,
        f"type {p.type}",
        f"from {size(p.start)}",
        size(p.size),
        "boot" if p.bootable else "",
        content.kind if content else "empty",
        f'"{short(content.label, LABEL)}"' if content and content.label else "",
        content.uuid if content else "",
        " ".join((*p.holders, targets)).strip(),
    )
