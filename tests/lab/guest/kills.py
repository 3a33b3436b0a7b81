"""The conversion of the small server while its processes are killed: worker, commands, screens.

    kills.py begin|go-on SEED KILLS

Besides KILLS at random, each command of AIMED_AT is struck once with each signal while it runs, as
far as this half runs it. Each kill is told ("killed …", "struck …"), and each time somebody then
does what bootmirror says: goes on. Only what is seen to live is killed. It ends where the first
half ends, or at the mirror.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator

import psutil

from bootmirror.engine.live import LiveSession
from bootmirror.engine.surroundings import root_on_md
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from tests.lab.guest.aims import ONE_EACH, Aiming, commands, strike, worker
from tests.lab.guest.judging import lost, whole
from tests.lab.guest.terminal import DRAWN, FOLLOWED, Screen
from tests.lab.guest.whole import MIRROR, SOURCE, begin, go_on, stands, tell

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
SHORTEST, LONGEST = 0.05, 2.5  # seconds between two kills
WATCHED = 3.0  # seconds that it is looked at before it is killed, at most
ENDS_WITHIN = 30.0  # seconds
BY_A_LINE = 0.3  # of the times that the work is set going
ENDS = (Phase.REBOOT, Phase.DONE)
STUCK = 240.0  # seconds without a step more


class Killer:
    """Kills one thing after the other."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.trouble: list[str] = []

    def once(self) -> str:
        """Kill something at a moment of its own; what it was, or "" when there was nothing."""
        ways: tuple[Callable[[], str], ...] = (
            self.worker, self.worker, self.command, self.command, self.command, self.all_of_it,
            self.screen, self.line)
        return self.chance.choice(ways)()

    def worker(self) -> str:
        pid, number = worker(), self.chance.choice(SIGNALS)
        if not pid:
            return ""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return ""
        return f"worker {number.name}"

    def command(self) -> str:
        """What the worker runs: cp, rsync, mdadm, mkfs …"""
        number, found = self.chance.choice(SIGNALS), commands()
        if not found:
            return ""
        victim = self.chance.choice(found)
        try:
            name = victim.name()
        except psutil.NoSuchProcess:
            return ""
        return f"{name} {number.name}" if strike(victim, number) else ""

    def all_of_it(self) -> str:
        pid = worker()
        try:
            os.killpg(pid, signal.SIGKILL) if pid else None
        except ProcessLookupError:
            return ""
        return "worker and commands SIGKILL" if pid else ""

    def screen(self) -> str:
        number = self.chance.choice(ONE_EACH)
        with self._watching(DRAWN) as screen:
            if screen is None:
                return ""
            pid = worker()
            os.kill(screen.pid, number)
            if not screen.ended(ENDS_WITHIN):
                self.trouble.append(f"the screen lives on after {number.name}")
            if pid:
                self._goes_on(pid)
            return f"screen {number.name}"

    def line(self) -> str:
        """The SSH session, with the full screen or the command that follows the work in it."""
        words, sign = self.chance.choice((((), DRAWN), (("resume",), FOLLOWED)))
        with self._watching(sign, *words) as screen:
            if screen is None:
                return ""
            pid = worker()
            screen.hang_up()
            if pid:
                self._goes_on(pid)
            if not screen.ended(ENDS_WITHIN):
                told = " ".join(("bootmirror", *words))
                self.trouble.append(f"{told} lives on after its terminal went")
            return "line hung up"

    def from_a_line(self) -> str:
        """The work is begun in an SSH session, which then drops, or is killed; the work goes on.

        "" where no worker was seen, as it had come to its end by then."""
        screen = Screen("resume", "--erase", MIRROR, "--erase", SOURCE)
        try:
            up, number = screen.up(FOLLOWED), self.chance.choice((*SIGNALS, None))
            pid = worker()
            if not (up and pid and screen.lives()):
                return ""
            if number:
                os.kill(screen.pid, number)
            else:
                screen.hang_up()
            if not screen.ended(ENDS_WITHIN):
                self.trouble.append("bootmirror resume lives on after its line dropped")
        finally:
            if screen.lives():
                os.kill(screen.pid, signal.SIGKILL)
                screen.ended(ENDS_WITHIN)
        self._goes_on(pid)
        return f"line it was begun in {number.name}" if number else "line it was begun in hung up"

    def _goes_on(self, pid: int) -> None:
        """A worker may have come to its end meanwhile, but not have been cut off."""
        view = LiveSession().view()
        if worker() != pid and view.phase is Phase.INTERRUPTED:
            self.trouble.append(f"the worker went with what it was seen through: {view.headline}")

    @contextlib.contextmanager
    def _watching(self, sign: re.Pattern[bytes], *words: str) -> Iterator[Screen | None]:
        """A screen that has been drawn, some time later; None where it does not live by then."""
        screen = Screen(*words)
        try:
            up = screen.up(sign)
            time.sleep(self.chance.uniform(0.0, WATCHED) if up else 0.0)
            lives = screen.lives()
            if not (up and lives):
                tell("unseen", [words, up, lives, screen.shown[-300:].decode(errors="replace")])
            # The command ends with the work; the full screen stays until somebody leaves it.
            if not words and not (up and lives):
                how = "does not appear" if lives else "ends by itself"
                self.trouble.append(f"the screen {how}")
            yield screen if up and lives else None
        finally:
            if screen.lives():
                os.kill(screen.pid, signal.SIGKILL)
                screen.ended(ENDS_WITHIN)


def set_going(session: LiveSession, killer: Killer) -> str:
    """What the person does who finds it at a standstill; what was killed in doing so, or ""."""
    try:
        if killer.chance.random() < BY_A_LINE:
            return killer.from_a_line()
        if session.view().phase in (Phase.FAILED, Phase.INTERRUPTED):
            session.retry()
        go_on(session)
        session.start()
    except BootmirrorError as error:  # somebody else was quicker, or a command still ends
        tell("said", f"{type(error).__name__}: {error.message} {error.hint}")
        time.sleep(0.5)
    return ""


def carry_on(session: LiveSession, killer: Killer, aiming: Aiming, kills: int) -> int:
    """To the end of this half; how many kills were made at random."""
    made, finished, moved = 0, -1, time.monotonic()
    while (view := session.view()).phase not in ENDS:
        count = sum(step.state == "finished" for step in view.steps)
        if count != finished:
            finished, moved = count, time.monotonic()
        moved = max(moved, aiming.last)  # what was struck begins anew
        if time.monotonic() - moved > STUCK:
            killer.trouble.append(f"nothing moves: {view.headline} {view.message}")
            break
        if view.phase is not Phase.RUNNING:
            if what := set_going(session, killer):
                made += 1
                said("killed", what)
            continue
        # The longer a step takes, the longer it is left alone in the end.
        patience = LONGEST + (time.monotonic() - moved) / 10
        time.sleep(killer.chance.uniform(SHORTEST, patience))
        what = killer.once() if made < kills else ""
        if what:
            made += 1
            said("killed", what)
    return made


def said(how: str, what: str) -> None:
    """At which step it hit the worker; by whichever thread, so in one piece."""
    step = LiveSession().view().current
    sys.stdout.write(f"{how} {what} in {step.id if step else 'between steps'}\n")
    sys.stdout.flush()


def main(command: str, seed: str, kills: str) -> int:
    os.umask(0o077)
    session = LiveSession()
    tell("root", "array" if root_on_md() else "disk")
    tell("stood", stands(session))
    if command == "begin":
        begin(session)
    else:
        tell("lost", lost())
    killer = Killer(random.Random(seed))
    with Aiming(random.Random(f"{seed} aimed"), lambda what: said("struck", what)) as aiming:
        tell("kills", carry_on(session, killer, aiming, int(kills)))
    tell("stands", stands(session))
    tell("lost", [*killer.trouble, *lost()])
    if session.view().phase is Phase.DONE:
        tell("lost", whole())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
