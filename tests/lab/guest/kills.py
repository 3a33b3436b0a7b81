"""The conversion of the small server while its processes are killed: worker, commands, screens.

    kills.py begin|go-on SEED KILLS

Each kill is told ("killed …"), and each time somebody then does what bootmirror says: goes on. It
ends where the first half ends, at the mirror, or when KILLS were made and the half is through.
"""

from __future__ import annotations

import os
import pty
import random
import signal
import sys
import threading
import time
from collections.abc import Callable

import psutil

from bootmirror.engine.live import LiveSession
from bootmirror.engine.lock import at_work, holder
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import root_on_md
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from bootmirror.host.own_command import own_command
from tests.lab.guest.whole import begin, go_on, lost, stands, tell, whole

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
SHORTEST, LONGEST = 0.05, 2.5  # seconds between two kills
ENDS = (Phase.REBOOT, Phase.DONE)
STUCK = 240.0  # seconds without a step more


class Screen:
    """A person's terminal with a bootmirror in it."""

    def __init__(self, *words: str) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            command = own_command(*words)
            os.execv(command[0], command)
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        try:
            while os.read(self._terminal, 65_536):
                pass
        except OSError:
            return

    def hang_up(self) -> None:
        """The line drops."""
        os.close(self._terminal)

    def ended(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
            time.sleep(0.05)
        return False


class Killer:
    """Kills one thing after the other."""

    def __init__(self, chance: random.Random, session: LiveSession) -> None:
        self.chance = chance
        self.session = session
        self.trouble: list[str] = []

    def once(self) -> str:
        """Kill something at a moment of its own; what it was, or "" when there was nothing."""
        ways: tuple[Callable[[], str], ...] = (
            self.worker, self.worker, self.command, self.command, self.command, self.all_of_it,
            self.screen, self.line)
        return self.chance.choice(ways)()

    def _pid(self) -> int:
        lock = State().lock
        return int(holder(lock) or 0) if at_work(lock) else 0

    def _signal(self, pid: int, number: signal.Signals) -> bool:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def worker(self) -> str:
        pid, number = self._pid(), self.chance.choice(SIGNALS)
        return f"worker {number.name}" if pid and self._signal(pid, number) else ""

    def command(self) -> str:
        """What the worker runs: cp, rsync, mdadm, mkfs …"""
        pid, number = self._pid(), self.chance.choice(SIGNALS)
        try:
            found = psutil.Process(pid).children(recursive=True) if pid else []
            victim = self.chance.choice(found) if found else None
            name = victim.name() if victim else ""
        except psutil.NoSuchProcess:
            return ""
        if victim is None or not self._signal(victim.pid, number):
            return ""
        return f"{name} {number.name}"

    def all_of_it(self) -> str:
        pid = self._pid()
        try:
            os.killpg(pid, signal.SIGKILL) if pid else None
        except ProcessLookupError:
            return ""
        return "worker and commands SIGKILL" if pid else ""

    def screen(self) -> str:
        number = self.chance.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGHUP))
        screen = Screen()
        time.sleep(self.chance.uniform(0.1, 4.0))
        self._signal(screen.pid, number)
        if not screen.ended(30):
            self.trouble.append(f"the screen lives on after {number.name}")
        return f"screen {number.name}"

    def line(self) -> str:
        """The SSH session, with the command that follows the work in it."""
        screen = Screen("resume")
        time.sleep(self.chance.uniform(0.1, 2.0))
        screen.hang_up()
        if not screen.ended(30):
            self.trouble.append("bootmirror resume lives on after its terminal went")
        return "line hung up"


def set_going(session: LiveSession) -> None:
    """What the person does who finds it at a standstill."""
    try:
        if session.view().phase in (Phase.FAILED, Phase.INTERRUPTED):
            session.retry()
        go_on(session)
        session.start()
    except BootmirrorError as error:  # somebody else was quicker, or a command still ends
        tell("said", f"{type(error).__name__}: {error.message} {error.hint}")
        time.sleep(0.5)


def carry_on(session: LiveSession, killer: Killer, kills: int) -> int:
    """To the end of this half; how many kills were made."""
    made, finished, moved = 0, -1, time.monotonic()
    while (view := session.view()).phase not in ENDS:
        count = sum(step.state == "finished" for step in view.steps)
        if count != finished:
            finished, moved = count, time.monotonic()
        if time.monotonic() - moved > STUCK:
            killer.trouble.append(f"nothing moves: {view.headline} {view.message}")
            break
        if view.phase is not Phase.RUNNING:
            set_going(session)
            continue
        # The longer a step takes, the longer it is left alone in the end.
        patience = LONGEST + (time.monotonic() - moved) / 10
        time.sleep(killer.chance.uniform(SHORTEST, patience))
        what = killer.once() if made < kills else ""
        if what:
            made += 1
            step = session.view().current
            print(f"killed {what} in {step.id if step else 'between steps'}", flush=True)
    return made


def main(command: str, seed: str, kills: str) -> int:
    os.umask(0o077)
    session = LiveSession()
    tell("root", "array" if root_on_md() else "disk")
    tell("stood", stands(session))
    if command == "begin":
        begin(session)
    else:
        tell("lost", lost())
    killer = Killer(random.Random(seed), session)
    tell("kills", carry_on(session, killer, int(kills)))
    tell("stands", stands(session))
    tell("lost", [*killer.trouble, *lost()])
    if session.view().phase is Phase.DONE:
        tell("lost", whole())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
