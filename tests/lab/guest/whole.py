"""The whole conversion of the small server by bootmirror's own worker, up to wherever it ends.

    whole.py begin [HALT [WHAT]]    note every file; plan, approve, consent; work
    whole.py go-on [HALT [WHAT]]    look whether anything is lost; go on as bootmirror resume does
    whole.py undo [HALT [WHAT]]     look whether anything is lost; undo, and look what is left
    whole.py look                   look whether anything is lost

Each record of the journal is told on the output as it is written. HALT is "STEP:N": after the N-th
record of that step in this boot, or its last, that is told (guest/halting.py), and with "still" for
WHAT the machine then stands still: so the power can be cut just there. Another WHAT is a fault of a
disk, as guest/bad_media.py knows them, or what guest/shortage.py or guest/no_luck.py knows. All is
told as it is found; "code" when the work has ended.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import time
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from bootmirror.engine.journal import Journal
from bootmirror.engine.live import LiveSession
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import root_on_md
from bootmirror.engine.undoing import UndoWorker
from bootmirror.engine.view import Phase, StepState
from bootmirror.engine.worker import Worker
from bootmirror.errors import BootmirrorError, NotRead, Refused
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.steps.recipe import STEPS
from bootmirror.steps.undo import undo_actions
from tests.lab.guest import lacking, no_luck
from tests.lab.guest.bad_media import BAD_MEDIA
from tests.lab.guest.differences import WRITTEN
from tests.lab.guest.halting import Halting
from tests.lab.guest.no_luck import NO_LUCK, SERIALS, edits_allowed, edits_lost
from tests.lab.guest.results import disk_with, run
from tests.lab.guest.shortage import SHORTAGES, relieve
from tests.vm import manifest_script
from tests.vm.manifest import Manifest, MayDiffer, compare

NOTED = Path("/run/results/noted.json.gz")
HEAD = 1 << 20  # bytes: table, boot code, and what lies before the first partition
STAYS = 10  # seconds that a machine with nothing left to do stays on for the cut that is to come
FAULTS = {**BAD_MEDIA, **SHORTAGES, **NO_LUCK}
SOURCE, MIRROR = SERIALS["source"], SERIALS["mirror"]

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


def files() -> Manifest:
    """Every file of the running system."""
    found: list[dict[str, Any]] = []
    with ThreadPool(2) as pool:
        for mount in ("/", "/boot"):
            place = f"/run/manifest/{time.monotonic_ns()}"
            found += list(manifest_script.manifest(mount, place, pool))
            run("umount", place)
    return Manifest(found)


def head() -> str:
    with Path(f"/dev/{disk_with(SOURCE)}").open("rb") as disk:
        return hashlib.sha256(disk.read(HEAD)).hexdigest()


def note() -> None:
    noted = {"files": list(files().files.values()), "head": head()}
    NOTED.write_bytes(gzip.compress(json.dumps(noted).encode(), 1))


def lost() -> list[str]:
    """What is not as it must be of the system the machine has come up with."""
    noted = json.loads(gzip.decompress(NOTED.read_bytes()))
    on_array = root_on_md()
    may = (*(CONVERTED if on_array else ON_SOURCE), *edits_allowed())
    found = list(compare(Manifest(noted["files"]), files(), may).differing)
    if not on_array and head() != noted["head"]:
        found.append("the source's table, boot code or the gap behind them changed")
    return found


def begin(session: LiveSession) -> None:
    if not NOTED.exists():
        note()
    choices = session.choose(SOURCE, MIRROR)
    session.approve(session.plan(session.look(), choices))
    session.consent("partition-mirror", MIRROR)


def go_on(session: LiveSession) -> None:
    """As ``bootmirror resume --erase`` both does."""
    view, plan = session.view(), session.approved()
    if plan is None:  # cut off before it was approved
        begin(session)
        return
    if view.phase is Phase.FELL_BACK:
        session.retry()
    waiting = {s.id for s in session.view().steps if s.state is not StepState.FINISHED}
    for step in session.actions(session.look(), plan):
        if step.erases and step.id in waiting:
            session.consent(step.id, step.erases)


def whole() -> list[str]:
    """What a finished mirror lacks."""
    found = []
    for name in ("md0", "md1"):
        place = Path(f"/sys/block/{name}/md")
        if place.joinpath("degraded").read_text().strip() != "0":
            found.append(f"{name} is degraded")
        found += [f"{name}: bad blocks on {bad.parent.name}"
                  for bad in place.glob("dev-*/bad_blocks") if bad.read_text().strip()]
        idle(place)  # after a power cut md brings the halves to one state by itself
        place.joinpath("sync_action").write_text("check")
        idle(place)
        if (count := place.joinpath("mismatch_cnt").read_text().strip()) != "0":
            found.append(f"{name}: {count} sectors differ between the halves")
    return found


def idle(array: Path) -> None:
    """Wait until nothing is under way in an array, nor waits for another one to end."""
    while array.joinpath("sync_action").read_text().strip() != "idle":
        time.sleep(0.1)


def undo() -> int:
    """Take the mirror away again, here and now; the exit code bootmirror would have."""
    try:
        code = int(UndoWorker(State(), STEPS).run(undo_actions))
    except Refused:
        if not root_on_md():  # there was nothing to undo: an earlier one had been through
            tell("lost", left_behind())
        raise
    if code == 0:
        tell("lost", left_behind())
    return code


def left_behind() -> list[str]:
    """What an undo should have taken away."""
    found = []
    name = disk_with(MIRROR)
    signs = run("wipefs", "--noheadings", f"/dev/{name}").strip()
    if signs or list(Path(f"/sys/block/{name}").glob(f"{name}?")):
        found.append(f"the mirror is not blank: {signs}")
    if Path("/boot/grub/custom.cfg").exists():
        found.append("the boot entry is still there")
    variables = parse_grubenv(Path("/boot/grub/grubenv").read_text())
    if variables:
        found.append(f"the boot loader still has {variables}")
    return found


def tell(word: str, what: object) -> None:
    """A line of the output that the host reads, also when the power is cut later on."""
    print(f"{word} {json.dumps(what)}", flush=True)


def stands(session: LiveSession) -> dict[str, str]:
    try:
        view = session.view()
    except NotRead as error:  # the disk it is on has gone; the next boot will tell
        return {"phase": "", "headline": error.message, "message": error.message,
                "next": error.hint}
    return {"phase": view.phase, "headline": view.headline, "message": view.message,
            "next": view.next}


def work(command: str, session: LiveSession) -> int:
    """The exit code bootmirror would have."""
    try:
        if command == "undo":
            return undo()
        if command == "begin":
            begin(session)
        else:
            go_on(session)
        return int(Worker(State(), STEPS).run())
    except BootmirrorError as error:
        tell("said", f"{error.message} {error.hint}")
        return int(error.exit_code)


def main(command: str, halt: str = "", what: str = "") -> int:
    os.umask(0o077)
    halting = Halting(halt, what, FAULTS)

    def said_aloud(self: Journal, kind: str, **fields: Any) -> None:
        halting.append(self, kind, **fields)

    Journal.append = said_aloud  # type: ignore[method-assign]
    session = LiveSession()
    tell("root", "array" if root_on_md() else "disk")
    tell("stood", stands(session))
    if command != "begin":
        relieve()
        no_luck.relieve()
        tell("lost", lost())
    if command != "look":
        tell("code", work(command, session))
        session = LiveSession()
        standing = stands(session)
        tell("stands", standing)
        tell("called", lacking.calls())
        if standing["phase"] == Phase.DONE:
            tell("lost", [*lost(), *whole(), *edits_lost()])
    if halting.reached and not what:
        time.sleep(STAYS)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
