"""Runs tests with one mutation on, each time in a process of its own.

The processes are forked from one that has loaded pytest and what it needs, but nothing of the
product: a start costs a tenth of a second in place of one and a half.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.mutations import switch
from tests.mutations.outcome import Outcome, Verdict

TOP = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

# What tests and pytest's plugins load anyway.
LOADED_FIRST = ("asyncio", "hypothesis.strategies", "jinja2", "rich.console", "textual.app")
# pytest would have liked to load hypothesis itself.
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")

Job = tuple[str, Sequence[str]]  # the mutation's name ("": none), and the tests


class FirstFailure:
    """A pytest plugin: the first test that failed, and whether the mutation itself broke down."""

    def __init__(self) -> None:
        self.test = ""
        self.faulty = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid
            crash: Any = getattr(report.longrepr, "reprcrash", None)
            if crash is not None and Path(crash.path).resolve().is_relative_to(HERE):
                self.faulty = f"it failed itself: {crash.message.splitlines()[0]}"

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.faulty = str(excinfo.value)


def run_suites(jobs: Sequence[Job]) -> Iterator[Outcome]:
    """What comes of each job, as it ends; every one runs up to the first test that fails."""
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    environment.pop("HYPOTHESIS_PROFILE", None)  # a few examples show a rule to be broken
    with subprocess.Popen(
        [sys.executable, "-m", "tests.mutations.suite", json.dumps(jobs)], cwd=TOP,
        env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:
        assert process.stdout is not None
        for _ in jobs:
            said = json.loads(process.stdout.readline() or '{"verdict": "no verdict"}')
            yield Outcome(**{**said, "verdict": Verdict(said["verdict"])})


def main(jobs: str) -> None:
    """In that process: a line of JSON for each job."""
    for name in LOADED_FIRST:
        importlib.import_module(name)
    for mutation, tests in json.loads(jobs):
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bootmirror-mutation-") as place:
            answer, output = Path(place) / "answer", Path(place) / "output"
            child = os.fork()
            if child == 0:
                _in_child(mutation, tests, answer, output)
            os.waitpid(child, 0)
            said = json.loads(answer.read_text()) if answer.exists() else {
                "verdict": Verdict.ERROR, "said": _last_line(output.read_text())}
        print(json.dumps({**said, "seconds": time.monotonic() - began}), flush=True)


def _in_child(mutation: str, tests: Sequence[str], answer: Path, output: Path) -> None:
    """Run the tests and end, whatever happens."""
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(handle, stream)
        os.environ[switch.VARIABLE] = mutation
        first = FirstFailure()
        code = pytest.main([*OPTIONS, *tests], plugins=[first])
        answer.write_text(json.dumps(told(code, first)))
    finally:
        os._exit(0)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2] or "nothing was said"


def told(code: int, first: FirstFailure) -> dict[str, str]:
    """What an exit code of pytest says about the mutation."""
    if first.faulty:
        return {"verdict": Verdict.ERROR, "said": first.faulty}
    if code == pytest.ExitCode.OK:
        return {"verdict": Verdict.PASSED}
    if code == pytest.ExitCode.TESTS_FAILED and first.test:
        return {"verdict": Verdict.CAUGHT, "test": first.test}
    return {"verdict": Verdict.ERROR, "said": f"pytest ended with {int(code)}: no test was run"}


if __name__ == "__main__":
    main(sys.argv[1])
