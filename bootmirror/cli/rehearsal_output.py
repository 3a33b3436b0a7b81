"""A rehearsal as it is printed: its console on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bootmirror.cli.output import VERDICTS, duration, print_json
from bootmirror.cli.telling import complain, tell
from bootmirror.engine.view import Stage, Verdict

EMULATED = "KVM is not there or does not work: the machine is emulated, which is slow."


class Teller:
    """Prints each stage once, or each line of the console once."""

    def __init__(self, json: bool, name: str, *, first_boot: bool = False) -> None:
        self._json = json
        self._live = sys.stdout.isatty() and not json
        self._name = name
        self._first_boot = first_boot
        self._stage: Stage | None = None
        self._way = ""
        self._console: tuple[str, ...] = ()

    def moment(
        self, stage: Stage, seconds: float, console: Sequence[str], accelerator: str
    ) -> None:
        """How far it is, and the console up to now; its last line may still grow."""
        self._accelerator(accelerator)
        if stage is not self._stage:
            self._stage = stage
            self._tell_stage(stage, seconds)
        if self._live:
            whole = tuple(console[:-1])
            for line in fresh(self._console, whole):
                tell(f"  {line}")
            self._console = whole

    def end(self, verdict: Verdict, reason: str, hint: str, seconds: float) -> None:
        if self._json:
            print_json({
                "event": "end", "disk": self._name, "verdict": verdict, "reason": reason,
                "hint": hint, "seconds": round(seconds, 1), "first_boot": self._first_boot,
            })
            return
        what = "first boot: " if self._first_boot else ""
        if verdict is Verdict.PROVED and not self._first_boot:
            what = "boots alone: "
        tell(f"{self._name}  {what}{VERDICTS[verdict]}, {duration(seconds)}. {reason}")
        if hint:
            complain(hint)

    def stopped(self, *, begun: bool = True) -> None:
        if self._json:
            print_json({"event": "stopped", "disk": self._name})
        else:
            tell(f"{self._name}  stopped; the disk is as it was.")
        if not begun:
            complain("It had not begun. Should it still: bootmirror rehearse --stop ends it.")

    def _tell_stage(self, stage: Stage, seconds: float) -> None:
        if self._json:
            print_json({"event": "stage", "disk": self._name, "stage": stage,
                        "seconds": round(seconds, 1)})
        elif stage is not Stage.UP:
            tell(f"{self._name}  {stage.value:12} {duration(seconds):>7}")

    def _accelerator(self, way: str) -> None:
        if way == "tcg" and self._way != way and not self._json:
            tell(f"{self._name}  {EMULATED}")
        self._way = way


def fresh(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of ``now`` that came after ``before``, of which the first may have been dropped."""
    for dropped in range(len(before) + 1):
        kept = before[dropped:]
        if now[: len(kept)] == kept:
            return now[len(kept) :]
    return now
