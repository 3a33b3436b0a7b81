"""How far a boot has come, told by a line of its console."""

from __future__ import annotations

import re

from bootmirror.rehearsal.outcome import Stage

ORDER = tuple(Stage)

# What GRUB, LILO, Linux, initramfs-tools, dracut and systemd say of themselves.
_SIGNS = (
    (Stage.SYSTEM, re.compile(
        r"systemd\[1\]: |\[ {2}OK {2}\] |^INIT: version|Welcome to .*(?:Linux|Debian|Ubuntu)"
        r"|Welcome to emergency mode|You are in (?:emergency|rescue) mode")),
    (Stage.KERNEL, re.compile(
        r"Linux version \d|^\[ *\d+\.\d{6}\] |^Loading, please wait|^Begin: |\(initramfs\)"
        r"|dracut|Kernel panic")),
    (Stage.BOOT_LOADER, re.compile(
        r"GRUB|grub(?: rescue)?>|^Loading Linux|^Loading initial ramdisk|^LILO|^Booting `"
        r"|^Booting a command list")),
)


def stage_of(line: str) -> Stage | None:
    """The stage that a line belongs to; None when it may be of any."""
    return next((stage for stage, sign in _SIGNS if sign.search(line)), None)


def later(one: Stage, other: Stage | None) -> Stage:
    """The later of two: a boot does not go back."""
    return one if other is None else max(one, other, key=ORDER.index)
