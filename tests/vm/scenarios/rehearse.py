"""Disks of a converted machine, rehearsed: good ones are proved, spoiled ones found out.

``bootmirror rehearse`` runs on the machine the test runs on, on copies of the disks' images.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.vm import rehearsed
from tests.vm.cache import cache_directory
from tests.vm.image.spec import PRACTICE
from tests.vm.rehearsals import rehearse, rehearse_first_boot, require_verdict


@dataclass(frozen=True)
class Spoiled:
    """A way to spoil a disk, and what has to be found."""

    title: str
    spoil: Callable[[Path], None]
    reason: re.Pattern[str]


SPOILED = (
    Spoiled("the boot sector wiped", rehearsed.wipe_boot_sector,
            re.compile("found no boot loader on the disk: “Boot failed: not a bootable disk”")),
    Spoiled("no md in the initramfs", rehearsed.take_md_out,
            re.compile("did not find the root file system: “ALERT!.*does not exist”.*"
                       "It does not know md")),
    Spoiled("a wrong fstab", rehearsed.spoil_fstab,
            re.compile("stopped at its emergency prompt: /gone could not be mounted")),
)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    place = Path(tempfile.mkdtemp(prefix="rehearse-", dir=cache_directory("vm")))
    try:
        return _run(place)
    finally:
        shutil.rmtree(place)


def _run(place: Path) -> str:
    first, done = rehearsed.converted(PRACTICE, place)
    require_verdict(rehearse_first_boot(first, uefi=False), "proved", "with its root on md")
    for disk in (done.source, done.mirror):
        require_verdict(rehearse(disk), "proved", "with its root on md")
    for way in SPOILED:
        copy = rehearsed.copy_of(done.mirror, way.spoil)
        require_verdict(rehearse(copy, title=way.title), "failed", way.reason)
    return (f"proved: the first boot, and each disk alone; {len(SPOILED)} spoiled disks found out; "
            "no byte of any image changed")
