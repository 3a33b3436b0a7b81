"""What came of a suite under a mutation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it ended."""

    CAUGHT = "caught"  # a test failed
    PASSED = "passed"  # no test failed: with a rule broken, a hole in the suite
    ERROR = "no verdict"  # the tests could not be run, or the mutation itself is faulty


@dataclass(frozen=True)
class Outcome:
    """The first test that failed, and how long it took to come to it."""

    verdict: Verdict
    test: str = ""
    said: str = ""  # why there is no verdict
    seconds: float = 0.0
