"""Hostile strings: what a disk, a label or a file holds, made to harm whoever shows it.

Each trial is a machine all of whose free strings are such; the checks are those of the suite.
Nothing is booted. They run in a process of their own (they take its output and its user):
``python -m tests.faults.hostile SEED ENGINE SCREENS``.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests import hostile_checks
from tests.faults.table import Row
from tests.hostile import LONG, seeded
from tests.hostile_host import hostile_machine
from tests.tui import hostile as screens
from tui.glyphs import ASCII, UNICODE, Glyphs

ENGINE, SCREENS = 400, 24  # trials of the whole run; of SCREENS, each is every screen once
TOP = Path(__file__).resolve().parents[2]


def in_a_process(seed: int, engine: int, shown: int) -> list[Row]:
    """So many trials of each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.hostile", str(seed), str(engine), str(shown)],
        cwd=TOP, env={**os.environ, "PYTHONPATH": str(TOP)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout)]


def of_the_engine(chance: random.Random, count: int) -> Row:
    """Commands, plans and their files, journal, log."""
    row = Row("hostile", "commands, files, journal, log")
    with tempfile.TemporaryDirectory() as place:
        for _ in range(count):
            strings = [seeded(chance) for _ in range(9)]
            row.count(_tried(partial(
                hostile_checks.losses, strings, hostile_machine(strings), Path(place))))
    return row


def of_the_screens(chance: random.Random, count: int) -> Row:
    """Every screen and dialog, each a trial of its own; every third time in ASCII, every fifth
    with strings of up to 10 kB."""
    row = Row("hostile", "every screen and dialog")
    for number in range(count):
        longest = LONG if number % 5 == 4 else 300
        strings = [seeded(chance, longest) for _ in range(23)]
        glyphs = ASCII if number % 3 == 2 else UNICODE
        for screen, case in screens.CASES.items():
            found = _tried(partial(_shown, strings, glyphs, case))
            row.count(f"{screen.__name__}: {loss}" for loss in found)
    return row


def _shown(strings: Sequence[str], glyphs: Glyphs, case: screens.Case) -> Sequence[str]:
    return asyncio.run(screens.losses(strings, glyphs, (case,)))


def _tried(work: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What was lost; a fault that ended it is a loss too."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    given, machines, looks = map(int, sys.argv[1:])
    by_seed = random.Random(f"{given} hostile")
    rows = [of_the_engine(by_seed, machines), of_the_screens(by_seed, looks)]
    print(json.dumps([asdict(row) for row in rows]))
