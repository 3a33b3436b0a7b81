"""No room, missing and failing programs, jumping clocks, files that will not hold still.

Each is brought about as a step begins. bootmirror must go on in spite of it, or stop with a
sentence; the person makes room (the programs are back at the next boot), and it comes to its end.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from bootmirror.steps.recipe import STEPS
from tests.faults.chain import Trial
from tests.faults.conversion import Place
from tests.faults.expected import told

YEAR = 365 * 86_400
FULL = {
    "/": ("check", "partition-mirror", "copy-system", "arm-first-boot", "final-copy", "reboot",
          "confirm-first-boot", "partition-source", "boot-loader-on-both", "verify"),
    "/boot": ("arm-first-boot", "reboot", "boot-loader-on-both"),
}
# The last step of each half that uses them, and what they are.
FIRST_HALF = {
    "partition-mirror": ("udevadm", "wipefs", "lsblk"),
    "create-arrays": ("mdadm",),
    "make-filesystems": ("mkfs.ext4", "mkswap"),
    "build-initramfs": ("update-initramfs", "lsinitramfs"),
    "install-boot-loader": ("grub-install", "update-grub"),
    "final-copy": ("rsync", "cp", "mount", "findmnt"),
    "reboot": ("grub-editenv", "grub-reboot"),
}
SECOND_HALF = {
    "partition-source": ("wipefs", "udevadm"),
    "add-source": ("mdadm", "mkswap"),
    "boot-loader-on-both": ("debconf-set-selections", "grub-install", "update-grub",
                            "update-initramfs"),
    "verify": ("lsblk",),
}
CODES = (1, 2, 64, 127, 255)


def trials(chance: random.Random) -> list[Trial]:
    """Every one, in no order."""
    found = [*_room(), *_programs(chance), *_clock()]
    found.append(("files that come and go", "check", "changing:/var/tmp"))
    return [Trial("space", what, Place(step, 1), fault, expected=told)
            for what, step, fault in found]


def _room() -> Iterator[tuple[str, str, str]]:
    for place, steps in FULL.items():
        for step in steps:
            yield f"no room on {place}", step, f"full:{place}"
            yield f"no inode on {place}", step, f"inodes:{place}"


def _programs(chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Missing, or failing with each exit code, from some step on before their last use."""
    order = [step.id for step in STEPS]
    for first, half in ((0, FIRST_HALF), (order.index("confirm-first-boot"), SECOND_HALF)):
        for last, programs in half.items():
            steps = order[first : order.index(last) + 1]
            for program in programs:
                yield "a program missing", chance.choice(steps), f"missing:{program}"
                for code in CODES:
                    yield ("a program failing", chance.choice(steps), f"failing:{program}={code}")


def _clock() -> Iterator[tuple[str, str, str]]:
    for step in ("partition-mirror", "final-copy", "confirm-first-boot", "resync"):
        for seconds in (-YEAR, YEAR):
            yield "the clock jumping", step, f"clock:{seconds}"
