"""The serial console as lines a person can read: bounded, cleaned, no control sequences left."""

from __future__ import annotations

import re
from collections import deque

from bootmirror.host.clean import clean

LINES = 2000  # kept
WIDTH = 200  # characters of a line
LONGEST = 16_384  # bytes without an end of line, from which no more is awaited

# ECMA-48: a cursor put elsewhere begins another line as far as a reader is concerned.
_MOVES = re.compile(r"\x1b\[[0-9;]*[HfJABCDEFGd]|\x1bc")
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC and other strings
    r"|\x1b[ -/]*[0-~]"  # the rest
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*|[ -/]*)?$")


class Console:
    """Takes in bytes as they come."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LINES)
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that came with it, the one that is being written last."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST:
            whole, self._rest = [*whole, self._rest], b""
        came = [shown for line in whole for shown in readable(line)]
        self._lines.extend(came)
        return [*came, *readable(self._rest)]

    @property
    def lines(self) -> tuple[str, ...]:
        """What is kept, the line that is being written last."""
        return (*self._lines, *readable(self._rest))[-LINES:]

    @property
    def last(self) -> str:
        """The last line; "" when there is none."""
        rest = readable(self._rest)
        return rest[-1] if rest else (self._lines[-1] if self._lines else "")


def readable(line: bytes) -> list[str]:
    """A line as it came, as those a person would have seen."""
    text = _UNFINISHED.sub("", line.decode("utf-8", "replace"))
    text = _CONTROL.sub("", _MOVES.sub("\n", text))
    parts = (_last_written(part) for part in text.split("\n"))
    # The frame of a boot loader's menu is no line of text.
    return [part for part in parts if any(map(str.isalnum, part))]


def _last_written(part: str) -> str:
    """What a line shows whose beginning was returned to: only what was written last."""
    written = [piece for piece in part.replace("\b", "").split("\r") if piece.strip()]
    return clean(written[-1].expandtabs(), WIDTH) if written else ""
