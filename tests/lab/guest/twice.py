"""Every step of the conversion twice: what the second run changes is told, and lost unless listed.

    twice.py begin | go-on    this half of it

Compared are the tables and first mebibyte of both disks, the arrays, and each file of the running
system and of its copy.

As in a new try after a fall-back, no fact counts as a step's work done. A step that is passed over
all the same is told as such ("passed-over" in place of "twice").
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bootmirror.engine.journal import Journal, JournalTail, Record
from bootmirror.engine.live import LiveSession
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import boot_id, root_on_md
from bootmirror.engine.view import Phase
from bootmirror.engine.worker import Worker
from bootmirror.steps.recipe import STEPS
from tests.lab.guest import judging
from tests.lab.guest.copies import copies
from tests.lab.guest.judging import lost, whole
from tests.lab.guest.no_luck import SERIALS
from tests.lab.guest.results import disk_with, run
from tests.lab.guest.whole import begin, go_on, stands, tell
from tests.vm.manifest import Manifest, MayDiffer, compare

MIB = 1 << 20
GOOD = (0, 4)
ALREADY = "already done"  # the worker's words for a step it passes over
STATE = (MayDiffer("*/lib/bootmirror*", "the journal"),
         MayDiffer("*/var/lib", "the journal lies in it", "mtime"))
# What these steps make anew each time, from the same sources.
REMADE = {
    "partition-mirror": ("/boot/grub/grubenv", "/boot/grub"),
    "make-filesystems": ("/copy?/lost+found",),
    "build-initramfs": ("/boot/initrd.img-*",),
    "install-boot-loader": ("/boot/grub*", "/var/cache/debconf*"),
    "confirm-first-boot": ("/boot/grub*", "/var/cache/debconf*"),
    "boot-loader-on-both": ("/boot/grub*", "/boot/initrd.img-*", "/var/cache/debconf*"),
    "partition-source": ("/boot/grub*", "/var/cache/debconf*"),
    "arm-first-boot": ("/boot/grub/grubenv", "/boot/grub/custom.cfg", "/boot/grub"),
    "final-copy": ("/boot/grub/grubenv", "/boot/grub"),
    "reboot": ("/boot/grub/grubenv", "/boot/grub"),
}
# What these give another identifier each time.
RENAMED = {"partition-mirror": ("mirror's identifier",)}
IDENTIFIER = slice(440, 444)  # bytes of a disk's first sector: the MBR's, drawn by libparted


def disks() -> dict[str, str]:
    found = {}
    for side, serial in SERIALS.items():
        path = f"/dev/{disk_with(serial)}"
        table = run("sfdisk", "--dump", path, ok=(0, 1)).splitlines()
        found[f"{side}'s table"] = "\n".join(
            line for line in table if not line.startswith("label-id:"))
        with Path(path).open("rb") as disk:
            first = disk.read(MIB)
        found[f"{side}'s identifier"] = first[IDENTIFIER].hex()
        found[f"{side}'s first MiB"] = hashlib.sha256(
            first[: IDENTIFIER.start] + first[IDENTIFIER.stop :]).hexdigest()
    for array in sorted(Path("/dev").glob("md[0-9]*")):
        found[array.name] = run("mdadm", "--detail", "--export", str(array)) + run(
            "blkid", "--probe", str(array), ok=(0, 2))
    return found


def files() -> Manifest:
    """All of the running system and of the copy; the copy's below /copy-N."""
    with copies() as places:
        names = {"/": "/", "/boot": "/boot"}
        if not root_on_md():
            names |= {f"/copy{number}": place for number, place in enumerate(places.values())}
        return judging.files(names)


def allowed(step: str) -> tuple[MayDiffer, ...]:
    """On the running system and in the copy, where /boot is a file system of its own."""
    patterns = REMADE.get(step, ())
    inside = [f"/copy?{p.removeprefix(top)}" for p in patterns for top in ("", "/boot")
              if p.startswith(top)]
    return (*STATE, *(MayDiffer(p, "made anew, and alike", "mtime")
                      for p in (*patterns, *inside)),
            *(MayDiffer(p, "something in it is made anew", "mtime")
              for p in ("/boot", "/copy?", "/copy?/boot", "/var/cache", "/copy?/var/cache")
              if patterns))


def work(step: str) -> int:
    return int(Worker(State(), STEPS).run(step))


def passed_over(records: Sequence[Record], step: str) -> bool:
    """Whether a step's last run found its work done, and did nothing."""
    ends = [record for record in records
            if record["kind"] == "finished" and record.get("step") == step]
    return not ends or ends[-1].get("result") == ALREADY


def twice(step: str) -> list[str]:
    """Run a step, and once more; what of that should not be."""
    code = work(step)
    if code not in GOOD:
        return [f"{step} ends with {code}"]
    before = disks(), files()
    Journal(State().journal, boot_id()).append("again", steps=[step], afresh=True)
    code = work(step)
    if code not in GOOD:
        return [f"{step} ends with {code} when it is run again"]
    found = compare(before[1], files(), allowed(step))
    now = disks()
    changed = [name for name in sorted({*now, *before[0]}) if now.get(name) != before[0].get(name)]
    bad = [f"{name} changed" for name in changed if name not in RENAMED.get(step, ())]
    remade = [*(name for name in changed if name in RENAMED.get(step, ())),
              *(each for each in found.excepted if not each.endswith("as before"))]
    records, _ = JournalTail(State().journal).read()
    tell("passed-over" if passed_over(records, step) else "twice",
         [step, bad, list(found.differing), remade])
    return [f"{step} again: {what}" for what in [*bad, *found.differing]]


def main(command: str) -> int:
    os.umask(0o077)
    session = LiveSession()
    tell("root", "array" if root_on_md() else "disk")
    tell("stood", stands(session))
    if command == "begin":
        begin(session)
    else:
        tell("lost", lost())
        go_on(session)
    half = [step.id for step in STEPS if step.after_reboot == (command != "begin")]
    tell("lost", [what for step in half for what in twice(step)])
    tell("stands", stands(session))
    tell("lost", lost())
    if session.view().phase is Phase.DONE:
        tell("lost", whole())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
