"""What the commands print of a conversion that says hostile things: its steps, what failed, the
points of verify, a rehearsal's console. Nothing is cleaned before: these are the last gate.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle
from unittest import mock

from bootmirror.cli import looking, planning, running
from bootmirror.cli.entry import main
from bootmirror.cli.follow import follow
from bootmirror.cli.rehearsal_output import Teller
from bootmirror.engine.replay import ReplaySession
from bootmirror.engine.session import Session
from bootmirror.engine.view import (
    ConversionView,
    Phase,
    Progress,
    Proof,
    RehearsalView,
    Stage,
    StepState,
    StepView,
    Verdict,
)
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Array, Member, Sync
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from tests.hostile import faults_of_lines
from tests.hostile_host import RECORDED

REDRAWN = "\r\x1b[K"  # what the line of progress begins with
SEED = "5eed5eed-0000-4000-8000-000000000001"
PLAN = make_plan(RECORDED, Choices("PM-0001-A", "PM-0002-B", SEED))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class UnderWay(ReplaySession):
    """A conversion all of whose words are hostile; it is at work for one look, and has failed."""

    read_only = False

    def __init__(self, strings: Sequence[str]) -> None:
        free = cycle(strings).__next__
        array = Array("md0", "/dev/md0", free(), free(), free(), 1 << 30, 2,
                      (Member(free(), 0, free()),), free(), sync=Sync(free(), waiting=free()))
        super().__init__(replace(RECORDED, hostname=free(), arrays=(array,)))
        self.free = free
        self.looks = 0

    def approved(self) -> Plan | None:
        return PLAN

    def view(self) -> ConversionView:
        free = self.free
        self.looks += 1
        states = (StepState.FINISHED, StepState.RUNNING if self.looks == 1 else StepState.FAILED)
        steps = tuple(StepView(free(), free(), state, 1.0, free(), free(), False)
                      for state in states)
        proofs = tuple(Proof(disk.id, 1.0, Verdict.FAILED, free(), free())
                       for disk in (PLAN.source, PLAN.mirror))
        return ConversionView(
            Phase.RUNNING if self.looks == 1 else Phase.FAILED, free(), free(), free(), steps,
            Progress(free(), 1, 2, text=free()), free(), free(), (free(),), free(), free(),
            rehearse_hint=free(), proofs=proofs, rehearsal=RehearsalView(
                free(), True, Stage.KERNEL, 1.0, 2.0, (free(), free()), "tcg"))


def checks(strings: Sequence[str]) -> Callable[..., tuple[Check, ...]]:
    free = cycle(strings).__next__
    return lambda _host, _plan: (Check(free(), True, free(), free()),
                                 Check(free(), False, free(), free()))


def losses(strings: Sequence[str]) -> list[str]:
    """All of it, on a terminal, in a pipe, and as JSON."""
    found: list[str] = []
    for out in (Terminal, io.StringIO):
        for as_json in (False, True):
            found += _said("follow", out(), as_json, lambda j: follow(
                UnderWay(strings), ConversionView(Phase.NONE, ""), json=j, poll=0.0))
            found += _said("rehearse", out(), as_json, partial(_rehearsal, strings))
            for command in ("status", "verify"):
                found += _said(command, out(), as_json, partial(_command, strings, command))
    return found


def _command(strings: Sequence[str], command: str, as_json: bool) -> None:
    with mock.patch("bootmirror.steps.verify.verify_checks", checks(strings)):
        run_on(UnderWay(strings), (command, *(["--json"] if as_json else [])))


def run_on(session: Session, argv: Sequence[str]) -> int:
    """A command on a session of ours; an error that nobody foresaw is raised."""
    with (mock.patch("os.geteuid", lambda: 0), mock.patch("os.umask"),
          mock.patch.object(looking, "open_session", lambda options: session),
          mock.patch.object(planning, "open_session", lambda options: session),
          mock.patch.object(running, "open_session", lambda options: session),
          mock.patch("bootmirror.cli.entry._write_down", _raise)):
        return main(argv)


def _raise(error: Exception) -> str:
    raise error


def _rehearsal(strings: Sequence[str], as_json: bool) -> None:
    free = cycle(strings).__next__
    teller = Teller(as_json, free())
    lines = [free() for _ in range(4)]
    for number, stage in enumerate(Stage):
        teller.moment(stage, 1.0, lines[: number % 4 + 1], "tcg")
    teller.end(Verdict.FAILED, free(), free(), 2.0)
    teller.stopped()


def _said(
    what: str, out: io.StringIO, as_json: bool, work: Callable[[bool], object]
) -> Iterator[str]:
    err = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        work(as_json)
    lines = out.getvalue().replace(REDRAWN, "").split("\n")
    for fault in faults_of_lines([*lines, *err.getvalue().split("\n")]):
        yield f"{what}: {fault}"
    if as_json:
        for line in filter(None, lines):
            if not line.isascii():
                yield f"{what}: the JSON is not ASCII"
            json.loads(line)
    if not out.getvalue() or (not as_json and len(lines) < 3):
        yield f"{what} says nothing"
