"""No room, missing and failing programs, jumping clocks, files that will not hold still.

Each is brought about as a step begins. bootmirror must go on in spite of it, or stop with a
sentence; the person makes room (the programs are back at the next boot), and it comes to its end.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.faults.chain import Trial
from tests.faults.conversion import Boot, Place
from tests.faults.expected import goes_on, named, told

YEAR = 365 * 86_400
FULL = {
    "/": ("check", "partition-mirror", "copy-system", "arm-first-boot", "final-copy", "reboot",
          "confirm-first-boot", "partition-source", "boot-loader-on-both", "verify"),
    "/boot": ("arm-first-boot", "reboot", "boot-loader-on-both"),
}
# The steps of each half that call them once they are under way; a look before the next one counts.
FIRST_HALF = {
    "lsblk": ("check", "partition-mirror", "create-arrays", "final-copy"),
    "findmnt": ("check", "partition-mirror", "create-arrays", "final-copy"),
    "wipefs": ("partition-mirror",),
    "udevadm": ("partition-mirror", "create-arrays", "make-filesystems"),
    "mdadm": ("create-arrays", "make-filesystems", "copy-system", "arm-first-boot", "reboot"),
    "mkfs.ext4": ("make-filesystems",),
    "mkswap": ("make-filesystems",),
    "mount": ("copy-system", "build-initramfs"),
    "cp": ("copy-system",),
    "update-initramfs": ("build-initramfs",),
    "lsinitramfs": ("build-initramfs",),
    "grub-install": ("install-boot-loader",),
    "update-grub": ("install-boot-loader",),
    "grub-editenv": ("partition-mirror", "arm-first-boot", "final-copy", "reboot"),
    "rsync": ("final-copy", "reboot"),
    "umount": ("reboot",),
    "grub-reboot": ("reboot",),
}
SECOND_HALF = {
    "grub-editenv": ("confirm-first-boot",),
    "mount": ("confirm-first-boot", "partition-source", "boot-loader-on-both"),
    "cp": ("confirm-first-boot", "partition-source", "boot-loader-on-both"),
    "grub-install": ("confirm-first-boot", "partition-source", "boot-loader-on-both"),
    "findmnt": ("read-back-mirror", "partition-source", "add-source"),
    "wipefs": ("partition-source", "verify"),
    "udevadm": ("partition-source", "add-source"),
    "mkswap": ("partition-source",),
    "mdadm": ("partition-source", "add-source", "verify"),
    "update-initramfs": ("boot-loader-on-both",),
    "lsinitramfs": ("boot-loader-on-both",),
    "update-grub": ("boot-loader-on-both",),
    "debconf-set-selections": ("boot-loader-on-both",),
    "lsblk": ("verify",),
}
# Where it only looks, bootmirror does without these; here it needs them.
NEEDED = {"mdadm": ("create-arrays", "add-source")}
CODES = (1, 2, 64, 127, 255)


def trials(chance: random.Random) -> list[Trial]:
    """Every one, in no order."""
    found = [*_room(), *_programs(chance), *_clock()]
    found.append(("files that come and go", "check", "changing:/var/tmp"))
    return [Trial("space", what, Place(step, 1), fault, expected=_expected(fault))
            for what, step, fault in found]


def _expected(fault: str) -> Callable[[Boot], str]:
    kind, _, program = fault.partition(":")
    if kind == "missing":
        return named(program)
    return goes_on if kind == "changing" else told


def _room() -> Iterator[tuple[str, str, str]]:
    for place, steps in FULL.items():
        for step in steps:
            yield f"no room on {place}", step, f"full:{place}"
            yield f"no inode on {place}", step, f"inodes:{place}"


def _programs(chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Missing, or failing with each exit code, where each half calls them."""
    for half in (FIRST_HALF, SECOND_HALF):
        for program, steps in half.items():
            needed = [step for step in steps if step in NEEDED.get(program, steps)]
            yield "a program missing", chance.choice(needed), f"missing:{program}"
            for code in CODES:
                yield "a program failing", chance.choice(steps), f"failing:{program}={code}"


def _clock() -> Iterator[tuple[str, str, str]]:
    for step in ("partition-mirror", "final-copy", "confirm-first-boot", "resync"):
        for seconds in (-YEAR, YEAR):
            yield "the clock jumping", step, f"clock:{seconds}"
