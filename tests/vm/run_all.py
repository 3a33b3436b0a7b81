"""Runs every scenario, one after the other, and ends with a table: python -m tests.vm.run_all.

Each runs in a process of its own, with its log in the cache (vm/logs). A failure does not stop the
rest. With names, only those are run. With --continue, those that have passed with the code as it is
now are not run again (a run of all takes hours): their rows say so.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.vm.cache import cache_directory
from tests.vm.passed import checksum, passed_before, remember
from tests.vm.progress import say
from tests.vm.run import SKIPPED, scenario_names

PROJECT = Path(__file__).parents[2]


class Result(StrEnum):
    """How a scenario ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    scenario: str
    result: Result
    minutes: float
    alone: str  # what is said of each disk alone, or why it failed


def run_one(name: str) -> Row:
    """Run a scenario to its end."""
    log = cache_directory("vm", "logs") / f"{name}.log"
    began_with = checksum(name)
    began = time.monotonic()
    with log.open("wb") as out:
        code = subprocess.run(
            [sys.executable, "-m", "tests.vm.run", name], cwd=PROJECT, check=False,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        ).returncode
    result = {0: Result.PASSED, SKIPPED: Result.SKIPPED}.get(code, Result.FAILED)
    lines = log.read_text("utf-8", "replace").splitlines()
    row = Row(name, result, (time.monotonic() - began) / 60, _last_words(lines))
    if result is Result.PASSED and checksum(name) == began_with:
        remember(name, row.minutes, row.alone)
    return row


def row_before(name: str) -> Row | None:
    """The row of an earlier run with the same code."""
    found = passed_before(name)
    return None if found is None else Row(name, Result.PASSED, found[0], f"{found[1]} (earlier)")


def _last_words(lines: list[str]) -> str:
    """What the closing line says of each disk alone; all of it when it says nothing of that."""
    last = next((line for line in reversed(lines) if "scenario " in line), "no closing line")
    words = re.sub(r"^.*scenario \S+: (?:passed; |FAILED: |skipped: )?", "", last)
    alone = re.search(r"alone: ([^;]*)", words)
    return alone[1] if alone else words


def table(rows: list[Row]) -> str:
    """The rows under each other, and the closing line."""
    widths = [max(len(row.scenario) for row in rows), 7]
    lines = [f"{'scenario':{widths[0]}}  {'result':{widths[1]}}  minutes  each disk alone"]
    lines += [
        f"{row.scenario:{widths[0]}}  {row.result:{widths[1]}}  {row.minutes:7.1f}  {row.alone}"
        for row in rows
    ]
    counts = {result: sum(row.result is result for row in rows) for result in Result}
    lines.append(f"vm-all: {counts[Result.PASSED]} passed, {counts[Result.FAILED]} failed, "
                 f"{counts[Result.SKIPPED]} skipped")
    return "\n".join(lines)


def main() -> int:
    """Entry: 0 none failed, 1 some failed, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m tests.vm.run_all", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="only these")
    parser.add_argument("--continue", dest="go_on", action="store_true",
                        help="leave out what has passed with this code")
    arguments = parser.parse_args()
    names = arguments.scenario or scenario_names()
    unknown = sorted(set(names) - set(scenario_names()))
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    rows = []
    for number, name in enumerate(names, 1):
        say(f"scenario {number} of {len(names)}: {name}")
        rows.append((row_before(name) if arguments.go_on else None) or run_one(name))
        say(f"  {rows[-1].result}, {rows[-1].minutes:.1f} minutes: {rows[-1].alone}")
    print(table(rows))
    return int(any(row.result is Result.FAILED for row in rows))


if __name__ == "__main__":
    sys.exit(main())
