"""On a real pty: bytes, signals, and what a console or a refused terminal gets."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyte
import pytest

from tests.tui.terminal_bytes import (
    ROOT,
    drain,
    environment,
    measure,
    read_for,
    read_until_quiet,
    scene_argv,
    spawn,
)

FIRST_PAINT = 25_000  # bytes at 80x24 with 16 colours
RESYNC_RATE = 300  # bytes a second while a bar moves
CONSOLE_RATE = 600  # bytes a second while a console scrolls by a line
A_MOVE, A_LETTER = 400, 1000  # bytes; a letter may bring a complaint


def opened(scene: str) -> tuple[int, int]:
    """A scene in a pty of 80x24: its pid, and our end of the pty."""
    return spawn(scene_argv(scene), (80, 24), environment("xterm"))


def rows(output: bytes) -> list[str]:
    """What a terminal of 80x24 shows after these bytes."""
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(output)
    return list(screen.display)


def test_first_paint_is_small_and_idle_costs_nothing() -> None:
    found = measure("idle", seconds=4, term="xterm")
    assert found.first_paint_bytes <= FIRST_PAINT
    assert found.bytes_per_second == 0
    assert "[1 Disks]" in rows(found.output)[0]


def test_a_key_in_an_editor_sends_the_lines_that_changed() -> None:
    pid, terminal = opened("idle")
    try:
        for key in (b"", b"\r", b"e", b"\x1b[B"):
            os.write(terminal, key)
            read_until_quiet(terminal, time.monotonic())
        for key, most in ((b"\x1b[B", A_MOVE), (b"\x1b[C", A_MOVE), (b"x", A_LETTER)):
            os.write(terminal, key)
            sent, _ = read_until_quiet(terminal, time.monotonic())
            assert 0 < len(sent) <= most
    finally:
        os.kill(pid, signal.SIGTERM)
        drain(terminal)
        os.close(terminal)
        os.waitpid(pid, 0)


def test_a_running_resync_costs_little_and_the_terminal_shows_it_right() -> None:
    found = measure("resync", seconds=5, term="xterm")
    assert 0 < found.bytes_per_second <= RESYNC_RATE
    shown = "\n".join(rows(found.output))
    assert "RUN: 14 of 17 steps done" in shown
    assert "verify" in rows(found.output)[21]
    assert "GB of 18.7 GB" in shown


def test_a_rehearsal_costs_what_its_console_says_and_nothing_once_it_has_ended() -> None:
    for scene, most in (("rehearsing", CONSOLE_RATE), ("rehearsed", 0)):
        pid, terminal = opened(scene)
        try:
            read_until_quiet(terminal, time.monotonic())
            os.write(terminal, b"e")
            shown, _ = read_until_quiet(terminal, time.monotonic())
            assert b"CONSOLE" in shown
            assert len(read_for(terminal, 4)) <= 4 * most
        finally:
            os.kill(pid, signal.SIGTERM)
            drain(terminal)
            os.close(terminal)
            os.waitpid(pid, 0)


def test_a_console_gets_ascii_only() -> None:
    found = measure("copying", seconds=1, term="linux")
    assert found.output.isascii()
    assert "OK check" in "\n".join(rows(found.output))


def test_a_locale_without_utf8_gets_ascii_only() -> None:
    found = measure("copying", seconds=1, term="xterm", utf8=False)
    assert found.output.isascii()


def test_what_a_disk_holds_does_not_command_the_terminal() -> None:
    found = measure("hostile", seconds=1, term="xterm").output.decode()
    assert found.count("owned") > 3
    assert "\x1b[38;5;201m" not in found
    # What Textual sends by itself: styles, cursor moves, modes, and the shape of the pointer.
    rest = re.sub(r"\x1b\[[?>=]?[0-9;:]*[$ ]?[A-Za-z]|\x1b\]22;default\x07", "", found)
    assert [char for char in rest if not char.isprintable() and char not in "\r\n"] == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_dropped_line_or_a_kill_ends_it_cleanly(number: signal.Signals) -> None:
    pid, terminal = opened("resync")
    try:
        read_until_quiet(terminal, time.monotonic())
        os.kill(pid, number)
        drain(terminal)
        assert _ended(pid) == 0
    finally:
        os.close(terminal)


def test_closing_the_terminal_ends_it() -> None:
    pid, terminal = opened("resync")
    read_until_quiet(terminal, time.monotonic())
    os.close(terminal)
    assert _ended(pid) is not None


def _read_to_end(terminal: int) -> bytes:
    """All until the program has gone, or 5 seconds without a byte."""
    data = b""
    while select.select([terminal], [], [], 5)[0]:
        try:
            data += os.read(terminal, 65_536)
        except OSError:  # EIO: the other end is closed
            break
    return data


def _ended(pid: int) -> int | None:
    """The exit code within 10 seconds (minus the signal where one ended it); None if it runs on."""
    for _ in range(100):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


@pytest.mark.parametrize(
    ("scene", "said"),
    [("resync", b"The work goes on without this screen."),
     ("rehearsing", b"The rehearsal goes on without this screen.")],
)
def test_leaving_while_work_goes_on_says_so_on_the_terminal(scene: str, said: bytes) -> None:
    pid, terminal = opened(scene)
    try:
        read_until_quiet(terminal, time.monotonic())
        os.write(terminal, b"q")
        data = _read_to_end(terminal)
        assert said in data
        assert _ended(pid) == 0
    finally:
        os.close(terminal)


def test_a_failure_of_the_screen_ends_with_a_sentence_and_its_traceback_in_a_file() -> None:
    pid, terminal = opened("broken")
    try:
        read_until_quiet(terminal, time.monotonic())
        os.write(terminal, b"3l")
        data = _read_to_end(terminal)
        assert _ended(pid) == 1
    finally:
        os.close(terminal)
    assert b"the screen failed; work that was begun goes on" in data
    assert b"Traceback" not in data
    path = Path(re.findall(rb"wrong is in (\S+\.log)", data)[0].decode())
    assert "nobody thought of this" in path.read_text()
    path.unlink()


def test_a_dumb_terminal_is_refused_with_a_sentence() -> None:
    outer, inner = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.tui.scenes", "idle"],
            cwd=ROOT,
            stdin=inner,
            stdout=inner,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT)},
        )
    finally:
        os.close(inner)
        os.close(outer)
    assert done.returncode == 2
    assert done.stderr.startswith("bootmirror: The terminal (TERM=dumb) cannot show a full screen.")
    assert "Traceback" not in done.stderr


def test_without_a_terminal_it_is_refused_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.tui.scenes", "idle"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
