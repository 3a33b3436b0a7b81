"""A program with lines to talk over, such as a virtual machine with its serial lines.

It never outlives us (prctl(2), PR_SET_PDEATHSIG), is the first that the kernel ends where memory
gets short, and stands back for everything else on the machine.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from bootmirror.host.host import ENVIRONMENT, Host

STOPS = 5.0  # seconds it is given to end by itself
KEPT = 16_384  # bytes of what it complains of
PIECE = 65_536  # bytes read at once


def standing_back(argv: Sequence[str], largest_file: int) -> list[str]:
    """The command, bound to us, to what nobody else wants, and to files of ``largest_file`` bytes
    (util-linux's setpriv, choom and prlimit; coreutils' nice)."""
    return [
        "setpriv", "--pdeathsig", "KILL", "choom", "-n", "1000", "--", "nice", "-n", "10",
        "prlimit", f"--fsize={largest_file}", "--core=0", *argv,
    ]


class Attached:
    """One at work. Ends with its context, whatever happens in it."""

    def __init__(self, process: subprocess.Popen[bytes], lines: Sequence[socket.socket]) -> None:
        self._process = process
        self._lines = tuple(lines)
        self._errors = b""

    def read(self, seconds: float) -> dict[int, bytes]:
        """What came over each line by now, waiting so long at most for anything to come.

        A line that has ended gives nothing.
        """
        assert self._process.stderr is not None
        sources = {line.fileno(): number for number, line in enumerate(self._lines)}
        sources[self._process.stderr.fileno()] = -1
        ready, _, _ = select.select(list(sources), [], [], seconds)
        came = {sources[handle]: _read(handle) for handle in ready}
        self._errors = (self._errors + came.pop(-1, b""))[-KEPT:]
        return {number: data for number, data in came.items() if data}

    def send(self, line: int, data: bytes) -> None:
        """Type something. What its other end does not take is lost."""
        try:
            self._lines[line].send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            return

    @property
    def ended(self) -> int | None:
        """Its exit code (negative: the signal that ended it), or None while it runs."""
        return self._process.poll()

    @property
    def complaint(self) -> str:
        """The end of what it printed to its standard error, as it came."""
        return self._errors.decode("utf-8", "surrogateescape")

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOPS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, PIECE)
    except OSError:
        return b""


@contextmanager
def attached(
    host: Host, argv: Callable[[Sequence[int]], Sequence[str]], lines: int
) -> Iterator[Attached]:
    """Start it; ``argv`` makes its command of the numbers its ends of the lines have.

    Raises StepFailed where a program is not installed.
    """
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(lines)]
        for ours, theirs in pairs:
            stack.enter_context(ours)
            stack.enter_context(theirs)
        numbers = [theirs.fileno() for _, theirs in pairs]
        process = subprocess.Popen(
            host.absolute(argv(numbers)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=ENVIRONMENT, cwd="/", umask=0o077, pass_fds=numbers,
        )
        assert process.stderr is not None
        stack.enter_context(process.stderr)
        program = Attached(process, [ours for ours, _ in pairs])
        stack.callback(program.stop)
        for _, theirs in pairs:
            theirs.close()
        yield program
