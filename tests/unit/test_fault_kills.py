"""Kills are counted as they are told: what was lost was not survived, what never came is a loss."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import psutil
import pytest

from tests.faults.conversion import Boot, Conversion
from tests.faults.kills import AIMED, TRIES, at_random
from tests.faults.table import Row, table
from tests.lab.guest import terminal
from tests.lab.guest.aims import AIMED_AT, ONE_EACH, Aim, strike
from tests.lab.guest.terminal import DRAWN, Screen

STRUCK = "".join(
    f"struck {aim} {number.name} in copy-system\n" for aim in AIMED_AT for number in ONE_EACH)
RANDOM = "killed worker SIGKILL in check\nkilled line hung up in check\nkilled cp SIGHUP in check\n"


@dataclass
class MadeUp:
    """Tells these kills in its first half; loses what it is told to lose."""

    output: str
    losses: list[str] = field(default_factory=list)
    boots: int = 0

    def killed(self, seed: int, kills: int) -> Boot:
        del seed, kills
        self.boots += 1
        return Boot(False, (), {}, (), self.output if self.boots == 1 else "")

    def verdict(self) -> list[str]:
        return self.losses


def _rows(count: int, *made: MadeUp) -> dict[str, Row]:
    waiting = iter(made)
    rows = at_random(lambda cache: cast(Conversion, next(waiting)), random.Random(1), count,
                     lambda text: None)
    return {row.what: row for row in rows}


def test_each_kill_is_counted_by_what_was_killed() -> None:
    rows = _rows(3, MadeUp(STRUCK + RANDOM))
    assert {"the worker", "the SSH session", "cp, run by the worker", *AIMED} == set(rows)
    assert all((row.tried, row.survived) == (1, 1) for row in rows.values())


def test_the_kill_that_was_not_survived_does_not_count_as_survived() -> None:
    rows = _rows(3, MadeUp(STRUCK + RANDOM, ["no mirror"]))
    assert (rows["cp, run by the worker"].tried, rows["cp, run by the worker"].survived) == (1, 0)
    kills = len(AIMED) + 3
    assert table(list(rows.values())).endswith(f"tried {kills}, survived {kills - 1}, lost 1")


def test_what_was_aimed_at_and_never_struck_is_a_loss() -> None:
    rows = _rows(1, *(MadeUp(RANDOM) for _ in range(TRIES)))
    assert all(rows[what].survived == 0 and rows[what].losses for what in AIMED)


def test_another_conversion_is_tried_for_what_was_not_struck() -> None:
    assert not any(row.losses for row in _rows(1, MadeUp(RANDOM), MadeUp(RANDOM + STRUCK)).values())


def test_a_conversion_in_which_nothing_was_killed_is_a_loss() -> None:
    assert _rows(1, MadeUp(""))["none"].losses


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        while not psutil.Process(process.pid).cmdline():
            time.sleep(0.01)
        yield process
        process.kill()


def test_a_command_that_lives_is_struck(sleeper: subprocess.Popen[bytes]) -> None:
    assert strike(psutil.Process(sleeper.pid), signal.SIGTERM)
    assert sleeper.wait() == -signal.SIGTERM


def test_one_that_is_gone_at_once_counts(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill_and_reap(pid: int, number: int, really: Callable[[int, int], None] = os.kill) -> None:
        really(pid, number)
        if number == signal.SIGKILL:
            sleeper.wait()

    monkeypatch.setattr(os, "kill", kill_and_reap)
    assert strike(psutil.Process(sleeper.pid), signal.SIGKILL)


def test_one_that_has_ended_is_not_though_a_signal_would_reach_it() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        victim = psutil.Process(process.pid)
        while victim.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGTERM)  # no error: it is still in the kernel's table
        assert not strike(victim, signal.SIGTERM)


def test_one_that_has_become_another_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    assert not strike(psutil.Process(sleeper.pid), signal.SIGKILL, Aim("rsync").is_it)
    time.sleep(0.05)
    assert sleeper.poll() is None


def test_a_command_is_told_by_its_name_and_a_word(sleeper: subprocess.Popen[bytes]) -> None:
    process = psutil.Process(sleeper.pid)
    assert Aim("sleep").is_it(process) and Aim("sleep", "60").is_it(process)
    assert not Aim("sleep", "--create").is_it(process)


def _screen(monkeypatch: pytest.MonkeyPatch, program: str) -> Screen:
    monkeypatch.setattr(terminal, "own_command", lambda: ["/bin/sh", "-c", program])
    return Screen()


def test_a_screen_is_up_once_it_has_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch, r"printf '\033[?1049h\033[?25l'; sleep 0.3; echo bootmirror; cat")
    assert screen.up(DRAWN)
    assert b"bootmirror" in screen.shown and screen.lives()
    os.kill(screen.pid, signal.SIGKILL)
    assert screen.ended(10)


def test_a_screen_that_ends_by_itself_does_not_live(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch, "echo refused")
    assert not screen.up(DRAWN)
    assert not screen.lives()


def test_a_line_that_drops_hangs_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _screen(monkeypatch, r"printf '\033[?1049hbootmirror'; exec sleep 60")
    assert screen.up(DRAWN)
    screen.hang_up()
    assert screen.ended(10)
