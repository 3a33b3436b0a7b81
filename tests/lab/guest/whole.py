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

import json
import os
import sys
import time
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
from tests.lab.guest.halting import Halting
from tests.lab.guest.judging import NOTED, lost, note, whole
from tests.lab.guest.no_luck import NO_LUCK, SERIALS, edits_lost
from tests.lab.guest.results import disk_with, run
from tests.lab.guest.shortage import SHORTAGES, relieve, relieve_old_disk

STAYS = 10  # seconds that a machine with nothing left to do stays on for the cut that is to come
FAULTS = {**BAD_MEDIA, **SHORTAGES, **NO_LUCK}
SOURCE, MIRROR = SERIALS["source"], SERIALS["mirror"]


def begin(session: LiveSession) -> None:
    if not NOTED.exists():
        note()
    choices = session.choose(SOURCE, MIRROR)
    session.approve(session.plan(session.look(), choices))
    session.consent("partition-mirror", MIRROR)


def go_on(session: LiveSession) -> None:
    """As ``bootmirror resume --erase`` both does."""
    if session.approved() is None:  # cut off before it was approved
        begin(session)
        return
    if session.view().phase is Phase.FELL_BACK:
        session.retry()
    for step in session.view().steps:
        if step.erases and step.state is not StepState.FINISHED:
            session.consent(step.id, step.erases)


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
    if name := disk_with(MIRROR):  # else it is gone, and stays as it is
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
    stood = stands(session)
    tell("stood", stood)
    if command != "begin":
        relieve()
        no_luck.relieve()
        tell("lost", lost())
        if "free to keep them" in stood["message"]:
            relieve_old_disk()
    if command != "look":
        tell("code", work(command, session))
        session = LiveSession()
        standing = stands(session)
        tell("stands", standing)
        tell("called", lacking.calls())
        if standing["phase"] == Phase.DONE:
            relieve()  # what was full may not have been in the way
            tell("lost", [*lost(), *whole(), *edits_lost()])
    if halting.reached and not what:
        time.sleep(STAYS)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
