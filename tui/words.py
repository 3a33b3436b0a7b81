"""Numbers in words, as the screens show them. Sizes as disk makers count (1 GB = 1000 MB)."""

from __future__ import annotations

import time

from bootmirror.machine.model import Disk

MINUTE, HOUR = 60, 3600  # seconds


def size(count: int) -> str:
    """Bytes as "512 B", "250 MB", "20.0 GB"."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB" if value < 999.95 else f"{value / 1000:.1f} TB"


def clock(seconds: float | None) -> str:
    """How long something took: "0:12", "1:02:03"; "" when not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def left(seconds: int | None) -> str:
    """How long something will take: "11 s left", "1 min 52 s left", "3 h 5 min left"."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds} s left"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s left"
    return f"{minutes // 60} h {minutes % 60} min left"


def identity(disk: Disk) -> str:
    """What the disk is known by, and what kind of name that is: "S/N 184732A"."""
    return f"{identity_kind(disk.id, disk)} {disk.id}"


def identity_kind(disk_id: str, disk: Disk | None) -> str:
    """ "S/N", "WWN", "port", or "ID" for several of them together."""
    if disk is None or disk_id == disk.serial:
        return "S/N"
    if disk_id == disk.wwn:
        return "WWN"
    return "port" if disk_id in (*disk.by_path, disk.name) else "ID"


def kind_in_words(disk_id: str, disk: Disk | None) -> str:
    """What a person is asked to type: "serial number", "WWN", "port", "ID"."""
    return {"S/N": "serial number"}.get(identity_kind(disk_id, disk), identity_kind(disk_id, disk))


def moment(at: float, now: float) -> str:
    """A point in time (seconds since the epoch), local: "12:04" today, else "2026-11-24"."""
    then = time.localtime(at)
    today = time.localtime(now)[:3] == then[:3]
    return time.strftime("%H:%M" if today else "%Y-%m-%d", then)


def stamp(at: float) -> str:
    """The same in full: "2026-11-24 12:04"."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def ago(seconds: float) -> str:
    """ "just now", "1 minute ago", "3 hours ago"; "" for what lies ahead (a clock set back)."""
    if seconds < MINUTE:
        return "just now" if seconds > -MINUTE else ""
    units = (("day", 24 * HOUR), ("hour", HOUR), ("minute", MINUTE))
    unit, length = next((unit, length) for unit, length in units if seconds >= length)
    count = int(seconds // length)
    return f"{count} {unit}{'s' if count > 1 else ''} ago"
