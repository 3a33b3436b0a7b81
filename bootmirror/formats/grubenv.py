"""GRUB's environment block (boot/grub/grubenv): 1024 bytes of ``name=value`` lines, filled with #.

Read only: GRUB's own grub-editenv writes it in place, since GRUB itself writes to those very
sectors. Source: grub-core/lib/envblk.c.
"""

from __future__ import annotations

import re

# A backslash makes the next character plain, a newline too: that is how a value holds one.
_LINE = re.compile(r"(?:[^\\\n]|\\.)*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_grubenv(data: str) -> dict[str, str]:
    """The variables; empty for anything that is not an environment block. Never raises."""
    found: dict[str, str] = {}
    place = 0
    while place < len(data):
        match = _LINE.match(data, place)
        line = match.group() if match else ""
        place += len(line) + 1
        name, sign, value = line.partition("=")
        if sign and name and not name.startswith("#"):
            found[name] = _ESCAPED.sub(r"\1", value)
    return found
