"""A terminal as a person sees and drives it: 80x24, keys alone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from types import TracebackType

import pexpect
import pyte

COLUMNS, LINES = 80, 24

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "up": "\x1b[A",
    "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "space": " ", "backspace": "\x7f",
    "pagedown": "\x1b[6~", "pageup": "\x1b[5~", "home": "\x1b[H", "end": "\x1b[F",
} | {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}


class ScreenError(Exception):
    """The screen did not show what it should have; the message holds what it showed."""


class Screen:
    """One command on a terminal of its own: mostly a login that opens bootmirror."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._child = pexpect.spawn(
            argv[0], list(argv[1:]), dimensions=(LINES, COLUMNS), timeout=30,
            env=os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8"},
        )
        self._child.delaybeforesend = None
        self.terminal = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.terminal)
        self.bytes_read = 0

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()

    def cut(self) -> None:
        """The line drops: the command dies without a word."""
        self._child.close(force=True)

    @property
    def ended(self) -> bool:
        """The command is over and the login closed."""
        return not self._child.isalive()

    def read(self, seconds: float) -> None:
        """Take in what comes within that time, or until it pauses for a moment."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                data = self._child.read_nonblocking(65_536, timeout=min(left, 0.3))
            except pexpect.TIMEOUT:
                return
            except pexpect.EOF:
                return
            self.bytes_read += len(data)
            self._stream.feed(data)

    def text(self) -> str:
        """What the terminal shows now, 24 lines."""
        return "\n".join(line.rstrip() for line in self.terminal.display)

    def offers(self, key: str) -> bool:
        """Whether the line of keys at the bottom has this one: "r reboot", say."""
        return re.search(rf"(^|[^\w]){re.escape(key)}", self.terminal.display[-1]) is not None

    def wait_for(self, *texts: str, keys: Sequence[str] = (), seconds: float = 60) -> str:
        """Wait until one of the texts is shown or one of the keys offered; which one.

        Raises ScreenError.
        """
        deadline = time.monotonic() + seconds
        while True:
            self.read(1)
            shown = self.text()
            for one in keys:
                if self.offers(one):
                    return one
            for one in texts:
                if one in shown:
                    return one
            if time.monotonic() > deadline or self.ended:
                why = "the login ended" if self.ended else f"{seconds:.0f} s are over"
                raise ScreenError(f"none of {(*texts, *keys)} came ({why}); the screen:\n{shown}")
            time.sleep(0.2)

    def wait_gone(self, text: str, seconds: float = 60) -> None:
        """Wait until a text is no longer shown. Raises ScreenError."""
        deadline = time.monotonic() + seconds
        while text in self.text():
            if time.monotonic() > deadline:
                raise ScreenError(f"{text!r} is still shown; the screen:\n{self.text()}")
            self.read(1)
            time.sleep(0.2)

    def wait_end(self, seconds: float) -> None:
        """Wait until the command is over. Raises ScreenError."""
        deadline = time.monotonic() + seconds
        while not self.ended:
            if time.monotonic() > deadline:
                raise ScreenError(f"the screen did not close:\n{self.text()}")
            self.read(1)
            time.sleep(0.2)

    def press(self, *keys: str) -> None:
        """Press keys by name ("enter", "ctrl+n"), or single characters."""
        for key in keys:
            self._child.send(KEYS.get(key, key))
            self.read(0.5)

    def type(self, text: str) -> None:
        """Type a text, a character at a time, as a person does."""
        for character in text:
            self._child.send(character)
            time.sleep(0.05)
        self.read(0.5)
