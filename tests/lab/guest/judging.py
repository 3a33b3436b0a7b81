"""What is looked at after each fault: every file of the system that runs, and of the old one while
that must be whole; and of a finished mirror, its arrays.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from bootmirror.engine.journal import JournalTail
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import root_on_md
from tests.lab.guest.differences import WRITTEN
from tests.lab.guest.no_luck import SERIALS, edits_allowed
from tests.lab.guest.results import disk_with, run
from tests.vm import manifest_script
from tests.vm.manifest import Manifest, MayDiffer, compare

NOTED = Path("/run/results/noted.json.gz")
HEAD = 1 << 20  # bytes: table, boot code, and what lies before the first partition
NAMED = 20  # of what is lost in one look; beyond that, how many
SOURCE = SERIALS["source"]
OLD = Path("/run/old-system")

# What bootmirror may write on the source before the machine has run from the array.
ON_SOURCE = (
    MayDiffer("*/lost+found", "made by mkfs"),
    MayDiffer("/var/lib", "bootmirror's state lies in it", "mtime"),
    MayDiffer("/var/lib/bootmirror*", "bootmirror's own state"),
    MayDiffer("/var/tmp/restless-*", "they come and go by themselves (guest/shortage.py)"),
    MayDiffer("/var/tmp", "those come and go in it", "mtime"),
    MayDiffer("/boot/grub", "the one-shot entry comes and goes in it", "mtime"),
    MayDiffer("/boot/grub/custom.cfg", "the one-shot entry"),
    MayDiffer("/boot/grub/grubenv", "the one-shot entry"),
    MayDiffer("/boot/grub/grubenv.new", "left by a grub-editenv that was cut off as it made that"),
    # This lab's machine, not bootmirror, mounts and boots.
    MayDiffer("/usr", "a mount point of the lab", "mtime"),
)
# What the converted system has of its own.
CONVERTED = (
    *ON_SOURCE,
    *WRITTEN,
    MayDiffer("/etc/systemd*", "the first boot's units"),
    MayDiffer("/boot", "initrd.img is replaced in it", "mtime"),
    MayDiffer("/boot/grub*", "the boot loader's own"),
    MayDiffer("/boot/initrd.img-*", "built anew"),
    MayDiffer("/var/cache*", "debconf's answers"),
    MayDiffer("/etc/lvm*", "LVM's own record of the groups there are"),
)
# On the old disk, once the machine runs from the mirror: what a fault has left there is for nobody.
LEFT = (
    MayDiffer("/var/tmp/lab-*", "files of a fault (guest/shortage.py, guest/no_luck.py)"),
    MayDiffer("/var/tmp", "those come and go in it", "mtime"),
    MayDiffer("/boot/grub/lab-*", "files of a fault"),
)


def files(places: dict[str, str]) -> Manifest:
    """Every file below these places, each under the mount point it is known by."""
    found: list[dict[str, Any]] = []
    with ThreadPool(2) as pool:
        for mount, where in places.items():
            place = f"/run/manifest/{time.monotonic_ns()}"
            found += [{**record, "mount": mount}
                      for record in manifest_script.manifest(where, place, pool)]
            run("umount", place)
    return Manifest(found)


def running() -> Manifest:
    return files({"/": "/", "/boot": "/boot"})


def head() -> str:
    with Path(f"/dev/{disk_with(SOURCE)}").open("rb") as disk:
        return hashlib.sha256(disk.read(HEAD)).hexdigest()


def note() -> None:
    noted = {"files": list(running().files.values()), "head": head()}
    NOTED.write_bytes(gzip.compress(json.dumps(noted).encode(), 1))


def lost() -> list[str]:
    """What is not as it must be of the system the machine has come up with, and of the old one
    until that is erased."""
    noted = json.loads(gzip.decompress(NOTED.read_bytes()))
    before, on_array = Manifest(noted["files"]), root_on_md()
    may = (*(CONVERTED if on_array else ON_SOURCE), *edits_allowed())
    found = list(compare(before, running(), may).differing)
    if on_array and not old_disk_begun():
        with old_system() as places:
            left = compare(before, files(places), (*ON_SOURCE, *LEFT, *edits_allowed()))
            found += [f"on the old disk: {each}" for each in left.differing]
    if not (on_array and old_disk_begun()) and head() != noted["head"]:
        found.append("the source's table, boot code or the gap behind them changed")
    more = len(found) - NAMED
    return [*found[:NAMED], f"and {more} more"] if more > 0 else found


def old_disk_begun() -> bool:
    """Whether the old disk has begun to be erased."""
    records, _ = JournalTail(State().journal).read()  # which knows torn lines
    return any((record["kind"], record.get("step")) == ("started", "partition-source")
               for record in records)


@contextlib.contextmanager
def old_system(how: str = "ro") -> Iterator[dict[str, str]]:
    """The old disk's file systems, mounted: where, by mount point."""
    places = {"/": OLD / "root", "/boot": OLD / "boot"}
    disk = disk_with(SOURCE)
    for number, place in ((2, places["/"]), (1, places["/boot"])):  # guest/build_source.py
        place.mkdir(parents=True, exist_ok=True)
        run("mount", "-o", how, f"/dev/{disk}{number}", str(place))
    try:
        yield {mount: str(place) for mount, place in places.items()}
    finally:
        for place in places.values():
            run("umount", str(place))


def whole() -> list[str]:
    """What a finished mirror lacks."""
    found: list[str] = []
    for name in ("md0", "md1"):
        place = Path(f"/sys/block/{name}/md")
        wrong = halves(name, place)
        idle(place)  # after a power cut md brings the halves to one state by itself
        place.joinpath("sync_action").write_text("check")
        idle(place)
        if (count := place.joinpath("mismatch_cnt").read_text().strip()) != "0":
            wrong.append(f"{name}: {count} sectors differ between the halves")
        wrong += halves(name, place)  # what could not be read shows now
        found += dict.fromkeys(wrong)
    return found


def halves(name: str, array: Path) -> list[str]:
    """What is wrong with the halves of an array."""
    found: list[str] = []
    if array.joinpath("degraded").read_text().strip() != "0":
        found.append(f"{name} is degraded")
    return found + [
        f"{name}: bad blocks on {bad.parent.name}"
        for bad in sorted(array.glob("dev-*/*bad_blocks")) if bad.read_text().strip()]


def idle(array: Path) -> None:
    """Wait until nothing is under way in an array, nor waits for another one to end."""
    while array.joinpath("sync_action").read_text().strip() != "idle":
        time.sleep(0.1)
