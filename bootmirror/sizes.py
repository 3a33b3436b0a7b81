"""Sizes as people read them, with the units disk makers use (1 GB = 1000 MB)."""

from __future__ import annotations


def readable(size: int) -> str:
    """Bytes as "512 B", "20.0 GB"."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("the loop ends at TB")
