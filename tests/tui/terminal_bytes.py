"""Bytes the full screen sends to a terminal, and the processor time it takes, under a real pty.

``measure(...)`` runs the program of ``tests.tui.scenes`` in a pty of its own and counts. The tests
and the bench use it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUIET = 0.7  # seconds without a byte: the first paint is complete (looks come once a second)


@dataclass(frozen=True)
class Measured:
    """What one run gave."""

    first_paint_bytes: int
    first_paint_seconds: float  # until the last byte of it
    bytes_per_second: float  # afterwards
    cpu_percent: float  # of one core, afterwards
    output: bytes


def measure(
    scene: str,
    seconds: float = 10.0,
    size: tuple[int, int] = (80, 24),
    term: str = "linux",
    utf8: bool = True,
) -> Measured:
    """Show a scene (see tests.tui.scenes) for some seconds after its first paint.

    ``term`` "linux" gives 16 colours, and ASCII; "xterm" 16 colours with all signs.
    """
    return measure_program(scene_argv(scene), seconds, size, environment(term, utf8))


def measure_program(
    argv: Sequence[str], seconds: float, size: tuple[int, int], environ: Mapping[str, str]
) -> Measured:
    """The same for any program that draws on a terminal (watch, btop): it is ended by SIGTERM."""
    pid, terminal = spawn(argv, size, environ)
    try:
        began = time.monotonic()
        first, painted = read_until_quiet(terminal, began)
        cpu, start = _cpu_seconds(pid), time.monotonic()
        later = read_for(terminal, seconds)
        used, passed = _cpu_seconds(pid) - cpu, time.monotonic() - start
    finally:
        os.kill(pid, signal.SIGTERM)
        drain(terminal)
        os.waitpid(pid, 0)
        os.close(terminal)
    return Measured(len(first), painted, len(later) / passed, 100 * used / passed, first + later)


def scene_argv(scene: str) -> tuple[str, ...]:
    return sys.executable, "-m", "tests.tui.scenes", scene


def environment(term: str, utf8: bool = True) -> dict[str, str]:
    """A bare environment: nothing of this terminal's reaches the program."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "TERM": term,
        "LANG": "C.UTF-8" if utf8 else "C",
        "PYTHONPATH": str(ROOT),
    }


def spawn(
    argv: Sequence[str], size: tuple[int, int], environ: Mapping[str, str]
) -> tuple[int, int]:
    """Start a program in a pty of this size (columns, rows): its pid, and our end of the pty."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execvpe(argv[0], list(argv), dict(environ))
    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return pid, terminal


def read_until_quiet(terminal: int, began: float) -> tuple[bytes, float]:
    """All until QUIET seconds pass without a byte (at most 30 s to the first one)."""
    data, last = b"", began
    while time.monotonic() - began < 30:
        ready, _, _ = select.select([terminal], [], [], QUIET if data else 30)
        if not ready:
            break
        data += os.read(terminal, 65_536)
        last = time.monotonic()
        if data and last - began > 6:
            break  # it never falls quiet: something moves on the screen
    return data, last - began


def read_for(terminal: int, seconds: float) -> bytes:
    """All that comes within so many seconds."""
    data, end = b"", time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0:
        ready, _, _ = select.select([terminal], [], [], rest)
        if ready:
            data += os.read(terminal, 65_536)
    return data


def drain(terminal: int) -> None:
    """Read until the program has gone, so that it never waits for the terminal."""
    try:
        while select.select([terminal], [], [], 10)[0] and os.read(terminal, 65_536):
            pass
    except OSError:
        return  # EIO: the other end is closed


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        found = measure(name)
        print(
            f"{name}: first paint {found.first_paint_bytes} B "
            f"in {found.first_paint_seconds:.2f} s, "
            f"then {found.bytes_per_second:.0f} B/s, processor {found.cpu_percent:.2f}%"
        )
