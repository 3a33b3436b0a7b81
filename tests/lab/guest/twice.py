"""Every step of the conversion twice: what the second run changes is told, and lost unless listed.

    twice.py begin | go-on    this half of it

Compared are the tables and first mebibyte of both disks, the arrays, and each file of the running
system and of its copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from bootmirror.engine.journal import Journal
from bootmirror.engine.live import LiveSession
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import boot_id, root_on_md
from bootmirror.engine.view import Phase
from bootmirror.engine.worker import Worker
from bootmirror.steps.recipe import STEPS
from tests.lab.guest.no_luck import SERIALS
from tests.lab.guest.results import disk_with, run
from tests.lab.guest.whole import begin, go_on, lost, stands, tell, whole
from tests.vm import manifest_script
from tests.vm.manifest import Manifest, MayDiffer, compare

MIB = 1 << 20
GOOD = (0, 4)
STATE = (MayDiffer("*/lib/bootmirror*", "the journal"),
         MayDiffer("*/var/lib", "the journal lies in it", "mtime"))
# What these steps make anew each time, from the same sources.
REMADE = {
    "build-initramfs": ("/boot/initrd.img-*",),
    "install-boot-loader": ("/boot/grub*", "/var/cache/debconf*"),
    "confirm-first-boot": ("/boot/grub*",),
    "boot-loader-on-both": ("/boot/grub*", "/boot/initrd.img-*", "/var/cache/debconf*"),
    "partition-source": ("/boot/grub*",),
    "arm-first-boot": ("/boot/grub/grubenv", "/boot/grub/custom.cfg", "/boot/grub"),
    "final-copy": ("/boot/grub/grubenv", "/boot/grub"),
    "reboot": ("/boot/grub/grubenv", "/boot/grub"),
}


def disks() -> dict[str, str]:
    found = {}
    for side, serial in SERIALS.items():
        path = f"/dev/{disk_with(serial)}"
        found[f"{side}'s table"] = run("sfdisk", "--dump", path, ok=(0, 1))
        with Path(path).open("rb") as disk:
            found[f"{side}'s first MiB"] = hashlib.sha256(disk.read(MIB)).hexdigest()
    for array in sorted(Path("/dev").glob("md[0-9]*")):
        found[array.name] = run("mdadm", "--detail", "--export", str(array)) + run(
            "blkid", "--probe", str(array), ok=(0, 2))
    return found


@contextlib.contextmanager
def copies() -> Iterator[list[str]]:
    """Where the copy's file systems are mounted, mounting those that are not."""
    found, ours = [], []
    for array in sorted(Path("/dev").glob("md[0-9]*")):
        there = run("findmnt", "--noheadings", "--output", "TARGET", str(array), ok=(0, 1)).split()
        if not there and "TYPE=\"ext4\"" in run("blkid", "--probe", str(array), ok=(0, 2)):
            place = f"/run/twice/{array.name}"
            Path(place).mkdir(parents=True, exist_ok=True)
            run("mount", str(array), place)
            ours.append(place)
            there = [place]
        found += there[:1]
    yield found
    for place in ours:
        run("umount", place)


def files() -> Manifest:
    """All of the running system and of the copy; the copy's below /copy-N."""
    found: list[dict[str, Any]] = []
    with copies() as places, ThreadPool(2) as pool:
        names = {"/": "/", "/boot": "/boot"}
        if not root_on_md():
            names |= {place: f"/copy{number}" for number, place in enumerate(places)}
        for mount, name in names.items():
            below = f"/run/manifest/{time.monotonic_ns()}"
            found += [{**record, "mount": name}
                      for record in manifest_script.manifest(mount, below, pool)]
            run("umount", below)
    return Manifest(found)


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


def twice(step: str) -> list[str]:
    """Run a step, and once more; what of that should not be."""
    code = work(step)
    if code not in GOOD:
        return [f"{step} ends with {code}"]
    before = disks(), files()
    Journal(State().journal, boot_id()).append("again", steps=[step])
    code = work(step)
    if code not in GOOD:
        return [f"{step} ends with {code} when it is run again"]
    found = compare(before[1], files(), allowed(step))
    now = disks()
    bad = [f"{name} changed" for name in now if now[name] != before[0].get(name)]
    tell("twice", [step, bad, list(found.differing), [e for e in found.excepted
                                                      if not e.endswith("as before")]])
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
