"""The journal's records told on the output as they are written; behind one a fault strikes.

A record is told as "record STEP:N KIND …": N counts the records of that step's work in this boot.
One that tells of no step's work (approved, consent, worker, again …) has its kind for a step.

When the fault has taken effect, or just before where it ends the machine, "HALT STEP:N KIND" tells
behind which record that was: the one asked for, or the last of its step where that has fewer.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from bootmirror.engine.journal import Journal

BEGAN = time.monotonic()
OF_A_STEP = frozenset({"started", "running", "command", "note", "finished", "failed",
                       "interrupted"})
LAST = ("finished", "failed")
ENDING = frozenset({"torn"})  # faults that end the process
STILL = "still"
LONG = 600  # seconds that a machine stands still: the power is cut meanwhile


class FaultBroken(BaseException):
    """A fault of the test could not be brought about. An Exception would be told as a step's."""


def place_of(kind: str, fields: Mapping[str, Any]) -> str:
    """The step that a record's number is counted in."""
    return str(fields.get("step") or kind) if kind in OF_A_STEP else kind


class Halting:
    """Journal.append, said aloud; at one record ("STEP:N") a fault may strike."""

    def __init__(self, halt: str, what: str, faults: Mapping[str, Callable[[str], None]]) -> None:
        self._place, _, number = halt.partition(":")
        self._number = int(number or 0)
        self._what = what
        self._faults = faults
        self._append = Journal.append
        self._counts: Counter[str] = Counter()
        self.reached = False

    def append(self, journal: Journal, kind: str, **fields: Any) -> None:
        self._append(journal, kind, **fields)
        place = place_of(kind, fields)
        self._counts[place] += 1
        record = f"{place}:{self._counts[place]} {kind}"
        print(f"record {record} {time.monotonic() - BEGAN:.1f} s {fields.get('result', '')}",
              flush=True)
        here = place == self._place and (
            self._counts[place] == self._number or kind in LAST)
        if here and self._number:
            self._number = 0
            self.reached = True
            self._strike(f"HALT {record}")

    def _strike(self, told: str) -> None:
        if self._what in ("", STILL):
            print(told, flush=True)
            time.sleep(LONG if self._what else 0)
            return
        kind, _, detail = self._what.partition(":")
        if kind in ENDING:
            print(told, flush=True)
        try:
            self._faults[kind](detail)
        except Exception as error:
            lost = [f"a fault of the test: {self._what}: {type(error).__name__}: {error}"]
            print(f"lost {json.dumps(lost)}", flush=True)
            raise FaultBroken(self._what) from error
        if kind not in ENDING:
            print(told, flush=True)
