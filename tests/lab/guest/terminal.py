"""A person's terminal, with a bootmirror in it that somebody is seen to look at."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import termios
import threading
import time

from bootmirror.host.own_command import own_command

# The full screen: Textual has the terminal to itself, and has drawn the first line.
DRAWN = re.compile(rb"\x1b\[\?1049h.*bootmirror", re.DOTALL)
FOLLOWED = re.compile(rb"\r\x1b\[K.")  # bootmirror resume draws its line of progress
APPEARS = 90.0  # seconds until it shows something


class Screen:
    """24 lines of 80 columns; ``words`` are the arguments of bootmirror."""

    def __init__(self, *words: str) -> None:
        command = own_command(*words)
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            termios.tcsetwinsize(0, (24, 80))
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # these tests may run under nohup
            os.execve(command[0], command, environment)
        self.shown = b""
        self._ended = False
        self._dropped = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Up to the end, or until the line drops: closed by another thread while this one reads,
        a terminal stays open."""
        while not self._dropped.is_set():
            if select.select([self._terminal], [], [], 0.02)[0]:
                try:
                    self.shown += os.read(self._terminal, 65_536)
                except OSError:  # nobody has the other end open any more
                    break
        os.close(self._terminal)

    def up(self, sign: re.Pattern[bytes]) -> bool:
        """Wait until that is on it; whether it came to that."""
        until = time.monotonic() + APPEARS
        while self.lives() and time.monotonic() < until:
            if sign.search(self.shown):
                return True
            time.sleep(0.02)
        return False

    def lives(self) -> bool:
        """Not one that has ended and is still in the kernel's table."""
        self._ended = self._ended or os.waitpid(self.pid, os.WNOHANG) != (0, 0)
        return not self._ended

    def hang_up(self) -> None:
        """The line drops."""
        self._dropped.set()
        self._reader.join()

    def ended(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.lives() and time.monotonic() < until:
            time.sleep(0.05)
        return self._ended
