"""What a device goes by in configuration files, as the link that udev keeps of it (fstab(5))."""

from __future__ import annotations

import re

TAGS = ("UUID", "LABEL", "PARTUUID", "PARTLABEL")
# What udev keeps of a name in a link under /dev/disk; all else becomes \xNN.
_KEPT = re.compile(r"[^A-Za-z0-9#+\-.:=@_/]", re.ASCII)


def link_of(name: str) -> str:
    """The path below /dev for UUID=, LABEL= and the like; a path stays as it is."""
    tag, sign, value = name.partition("=")
    if not sign or tag.upper() not in TAGS:
        return name
    plain = _KEPT.sub(_escaped, value.strip("\"'")).replace("/", r"\x2f")
    return f"/dev/disk/by-{tag.lower()}/{plain}"


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\x{byte:02x}" for byte in found[0].encode("utf-8", "surrogateescape"))
