"""Bootmirrors that begin at the same moment: one wins, the other is refused and changes nothing.

    rivals.py begin    two applies of two plans; then the worker is killed in the copy, and an undo
                       and a resume are started together; then on to the reboot
    rivals.py go-on    two resumes and an undo, to the mirror

What is lost is told as by whole.py.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from bootmirror.engine.live import LiveSession
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import root_on_md
from bootmirror.engine.view import Phase
from tests.lab.guest.judging import lost, note, whole
from tests.lab.guest.no_luck import REFUSED, SERIALS, spawn, wait_for_worker
from tests.lab.guest.results import disk_with
from tests.lab.guest.whole import stands, tell

SOURCE, MIRROR = SERIALS["source"], SERIALS["mirror"]
DONE, REBOOT_NOW = 0, 4
Ended = tuple[int, str]


def together(*commands: tuple[str, ...]) -> list[Ended]:
    """Start them at once; how each ended, and what it said."""
    return ended([spawn(*words) for words in commands])


def ended(running: list[subprocess.Popen[bytes]]) -> list[Ended]:
    said = [process.communicate()[1].decode() for process in running]
    found = [(process.returncode, text) for process, text in zip(running, said, strict=True)]
    tell("rivals", [[process.args[3:], *end]  # type: ignore[index]
                    for process, end in zip(running, found, strict=True)])
    return found


def wrong(what: str, found: list[Ended], *allowed: tuple[int, ...]) -> list[str]:
    """A sentence when the exit codes are none of those allowed, or a refusal has no words."""
    codes = tuple(code for code, _ in found)
    silent = [code for code, said in found if code == REFUSED and not said.strip()]
    return [f"{what}: {found}"] if codes not in allowed or silent else []


def plan(name: str) -> str:
    path = f"/run/plan-{name}.json"
    made = spawn("plan", "--source", f"/dev/{disk_with(SOURCE)}", "--mirror",
                 f"/dev/{disk_with(MIRROR)}", "--out", path)
    said = made.communicate()[1].decode()
    if made.returncode:
        raise RuntimeError(f"no plan: {said}")
    return path


def two_applies() -> list[str]:
    """Each with a plan of its own; killed in the copy, so that neither comes to its end."""
    plans = [plan("a"), plan("b")]
    running = [spawn("apply", path, "--erase", MIRROR) for path in plans]
    killed_in_the_copy()
    # The winner's work was interrupted: 1.
    return wrong("two applies at once", ended(running), (REFUSED, 1), (1, REFUSED))


def killed_in_the_copy() -> None:
    worker, session = wait_for_worker(), LiveSession()
    until = time.monotonic() + 240
    while (view := session.view()).phase is Phase.RUNNING:
        if view.current and view.current.id == "copy-system":
            os.killpg(worker, signal.SIGKILL)
            break
        if time.monotonic() > until:
            raise TimeoutError(f"no copy: {view.headline}")
        time.sleep(0.05)
    while session.view().phase is Phase.RUNNING:
        time.sleep(0.05)


def undo_and_resume() -> list[str]:
    found = together(("undo",), ("resume",))
    bad = wrong("undo and resume at once", found, (DONE, REFUSED), (REFUSED, REBOOT_NOW))
    if found[0][0] == DONE:
        bad += wrong("apply after the undo",
                     together(("apply", plan("c"), "--erase", MIRROR)), (REBOOT_NOW,))
    return bad


def two_resumes() -> list[str]:
    words = ("resume", "--erase", SOURCE)
    found = together(words, words, ("undo",))
    # The slower resume follows the quicker and ends as it does, or comes while that begins.
    return wrong("two resumes and an undo at once", found, (DONE, DONE, REFUSED),
                 (REFUSED, DONE, REFUSED), (DONE, REFUSED, REFUSED))


def main(command: str) -> int:
    os.umask(0o077)
    session = LiveSession()
    tell("root", "array" if root_on_md() else "disk")
    tell("stood", stands(session))
    if command == "begin":
        note()
        bad = [*two_applies(), *undo_and_resume()]
    else:
        tell("lost", lost())
        bad = two_resumes()
    tell("stands", stands(session))
    tell("lost", [*bad, *lost()])
    if session.view().phase is Phase.DONE:
        tell("lost", whole())
    if bad:
        print(State().log.read_text()[-3000:])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
