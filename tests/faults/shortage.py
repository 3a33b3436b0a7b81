"""No room, missing and failing programs, jumping clocks, files that will not hold still.

Each is brought about as a step begins. bootmirror must go on in spite of it, or stop with a
sentence; the person makes room (the programs are back at the next boot), and it comes to its end.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.faults.conversion import Boot, Place
from tests.faults.media import Trial, count
from tests.faults.power import Make, Say
from tests.faults.table import Row

YEAR = 365 * 86_400
FULL = {
    "/": ("check", "partition-mirror", "copy-system", "arm-first-boot", "final-copy", "reboot",
          "confirm-first-boot", "partition-source", "boot-loader-on-both", "verify"),
    "/boot": ("arm-first-boot", "reboot", "boot-loader-on-both"),
}
FIRST_HALF = (
    "mdadm", "rsync", "cp", "mkfs.ext4", "mkswap", "wipefs", "udevadm", "mount", "lsblk", "findmnt",
    "update-initramfs", "lsinitramfs", "grub-install", "update-grub", "grub-editenv", "grub-reboot")
SECOND_HALF = ("mdadm", "grub-install", "update-grub", "update-initramfs", "mkswap", "wipefs",
               "debconf-set-selections", "rsync")
CODES = (1, 2, 64, 127, 255)


def told(boot: Boot) -> str:
    """It went well, or somebody who looks is told what happened and what to do."""
    if boot.told.get("code") in (0, 4):
        return ""
    stands = boot.told.get("stands", {})
    said = f"{boot.told.get('said', '')}{stands.get('message', '')}"
    return "" if said and stands.get("next") else f"it stops without a word: {boot.told}"


def trials(chance: random.Random) -> Iterator[tuple[str, Trial]]:
    """What it is called in the table, and what is done."""
    for place, steps in FULL.items():
        for step in steps:
            for kind, words in (("full", "no room"), ("inodes", "no inode")):
                yield f"{words} on {place}", Trial(Place(step, 1), f"{kind}:{place}", told)
    for step, programs in (("check", FIRST_HALF), ("confirm-first-boot", SECOND_HALF)):
        for program in programs:
            yield "a program missing", Trial(Place(step, 1), f"missing:{program}", told)
            code = chance.choice(CODES)
            yield ("a program failing",
                   Trial(Place(step, 1), f"failing:{program}={code}", told))
    for step in ("partition-mirror", "final-copy", "confirm-first-boot", "resync"):
        for seconds in (-YEAR, YEAR):
            yield "the clock jumping", Trial(Place(step, 1), f"clock:{seconds}", told)
    yield "files that come and go", Trial(Place("check", 1), "changing:/var/tmp", told)


def all_of_them(make: Make, chance: random.Random, share: float, say: Say) -> list[Row]:
    """Every trial, or that share of them."""
    found = list(trials(chance))
    rows: dict[str, Row] = {}
    for what, trial in chance.sample(found, max(1, round(len(found) * share))):
        count(make, rows.setdefault(what, Row("space", what)), trial, say)
    return [rows[what] for what in dict.fromkeys(what for what, _ in found) if what in rows]
