"""bootmirror rehearse on images, on the machine that runs the test."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from bootmirror.host.host import Host
from bootmirror.rehearsal.drives import Bus, Drive
from bootmirror.rehearsal.rehearse import Moment
from bootmirror.rehearsal.rehearse import rehearse as boot
from bootmirror.rehearsal.settings import Settings
from bootmirror.rehearsal.subject import LOADERS, Subject
from tests.vm.lock import take_lock
from tests.vm.progress import phase, say
from tests.vm.proofs import require
from tests.vm.rehearsed import Disks

LIMIT = 2400  # seconds; a boot takes a minute, on a machine that has nothing else to do
FOLDER = "debian"  # the boot loader's, on an ESP


@dataclass(frozen=True)
class Found:
    """What a rehearsal found."""

    verdict: str
    reason: str


def checksum(image: Path) -> str:
    with image.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rehearse(image: Path, *, title: str = "") -> Found:
    """The command on one image. Raises ProofError when a byte of it changes."""
    before = checksum(image)
    with take_lock(), phase(f"rehearsing {title or image.name}"):
        done = subprocess.run(
            [sys.executable, "-m", "bootmirror", "rehearse", str(image), "--json", "--bus", "scsi",
             "--accelerator", "tcg", "--limit", str(LIMIT)],
            check=False, capture_output=True, text=True,
        )
    require(checksum(image) == before, f"{image.name} changed while it was rehearsed")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    require(bool(told) and told[-1]["event"] == "end", f"it did not end: {done.stderr}")
    found = Found(told[-1]["verdict"], told[-1]["reason"])
    proved = found.verdict == "proved"
    require(done.returncode == (0 if proved else 1), f"its exit code is {done.returncode}")
    return found


def rehearse_first_boot(disks: Disks, *, uefi: bool) -> Found:
    """What is done before the reboot, on images: both disks with a BIOS, the mirror with UEFI."""
    images = (disks.mirror,) if uefi else (disks.source, disks.mirror)
    before = [checksum(image) for image in images]
    drives = tuple(Drive(str(i), i.stat().st_size, False, bus=Bus.SCSI) for i in images)
    loaders = tuple(rf"\EFI\{FOLDER}\{name}" for name in LOADERS) if uefi else ()
    moments: deque[Moment] = deque(maxlen=1)
    with take_lock(), phase("rehearsing the first boot"):
        outcome = boot(Host(), Subject(drives, uefi, loaders), disks.mirror.parent,
                       Settings("tcg", LIMIT), moments.append)
    if outcome.verdict != "proved":
        say("its console ended with:")
        for line in moments[0].console[-40:]:
            say(f"  {line}")
    require([checksum(image) for image in images] == before, "an image changed")
    return Found(outcome.verdict.value, outcome.reason)


def require_verdict(found: Found, verdict: str, reason: str | re.Pattern[str]) -> None:
    """Raises ProofError unless that was found, for that reason."""
    say(f"  {found.verdict}: {found.reason}")
    require(found.verdict == verdict, f"it is {found.verdict}, not {verdict}")
    require(bool(re.search(reason, found.reason)), f"the reason is another: {found.reason}")
