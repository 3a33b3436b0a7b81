"""Whether md knows of sectors that a half could not take: [UU] does not show them.

``bad_blocks`` and ``unacknowledged_bad_blocks`` of each member hold "sector length" lines (the
kernel's Documentation/admin-guide/md.rst).
"""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.machine.arrays import BAD_BLOCKS
from bootmirror.steps.points.look import Look


def bad_blocks(look: Look) -> Iterator[Check]:
    for _, array in look.arrays():
        counts = {m.name: _count(look.host, f"/sys/block/{array.name}/md/dev-{m.name}")
                  for m in array.members}
        bad = [f"{name} has {count} bad places" for name, count in counts.items() if count]
        unknown = [name for name, count in counts.items() if count is None]
        if unknown:
            bad.append(f"the lists of {', '.join(unknown)} cannot be read")
        yield Check(f"bad blocks of {array.name}", not bad, "; ".join(bad) or "none",
                    "Back up what you can, then replace that disk: dmesg names its errors.")


def _count(host: Host, place: str) -> int | None:
    """Entries of both lists; None where neither can be read."""
    texts = [host.read(f"{place}/{name}") for name in BAD_BLOCKS]
    if texts == [None, None]:
        return None
    return sum(len((text or "").split("\n")) - 1 for text in texts)
