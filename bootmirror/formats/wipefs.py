"""What ``wipefs --no-act --json --output OFFSET,TYPE,UUID`` tells: every signature on a device."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

ARGV = ("wipefs", "--no-act", "--json", "--output", "OFFSET,TYPE,UUID")


@dataclass(frozen=True)
class Signature:
    """One magic string. ``kind`` is libblkid's name; one content may have several places."""

    offset: int  # bytes from the device's start
    kind: str
    uuid: str


def parse_wipefs(text: str) -> tuple[Signature, ...]:
    """In the order they were found. Raises ValueError for what is no such answer."""
    if not text.strip():
        return ()
    rows: list[dict[str, Any]] = json.loads(text)["signatures"]
    return tuple(Signature(int(row["offset"], 16), row["type"] or "", row["uuid"] or "")
                 for row in rows)
