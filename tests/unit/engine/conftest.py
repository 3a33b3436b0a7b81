"""A conversion in a temporary directory, with made-up steps and a worker that is a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bootmirror.engine.journal import Journal
from bootmirror.engine.plan_file import dump_plan
from bootmirror.engine.reader import Reader
from bootmirror.engine.reporting import MakeHost
from bootmirror.engine.state import State
from bootmirror.engine.view import ConversionView, StepState
from bootmirror.engine.worker import Worker
from bootmirror.errors import ExitCode
from bootmirror.host.host import Host
from tests.unit.engine.fakes import QuietHost, World, effects, plan, recipe

TOP = Path(__file__).resolve().parents[3]


@dataclass
class Conversion:
    """The state directory, the fake world, and shortcuts to what a session would do."""

    where: Path

    @property
    def state(self) -> State:
        return State(self.where / "state", self.where / "run")

    @property
    def world(self) -> World:
        return World(self.where / "world")

    @property
    def effects(self) -> list[str]:
        return effects(self.where / "effects")

    def journal(self) -> Journal:
        around = self.world.around()
        return Journal(self.state.journal, around.boot_id(), around.clock)

    def approve(self, *consents: tuple[str, str]) -> None:
        self.state.prepare()
        Host().write(self.state.plan, dump_plan(plan()), mode=0o600)
        self.journal().append("approved", plan_id="plan-1")
        self.consent(*consents)

    def consent(self, *consents: tuple[str, str]) -> None:
        for step, disk in consents:
            self.journal().append("consent", step=step, disk=disk)

    def trouble(self, step: str, kind: str = "fail") -> Path:
        path = self.where / f"trouble-{step}"
        path.write_text(kind)
        return path

    def reader(self) -> Reader:
        around = self.world.around()
        return Reader(
            self.state, recipe(self.where / "effects"), around,
            lambda approved: around.explain(Host(), approved),
        )

    def view(self) -> ConversionView:
        return self.reader().view()

    def states(self) -> dict[str, StepState]:
        return {step.id: step.state for step in self.view().steps}

    def work(self, until: str = "") -> ExitCode:
        """A worker in this process."""
        return self.worker().run(until)

    def worker(self, make_host: MakeHost = QuietHost) -> Worker:
        steps = recipe(self.where / "effects")
        return Worker(self.state, steps, self.world.around(), make_host)

    def spawn(
        self, seconds: float = 0.0, knows: bool = False, undo: bool = False
    ) -> subprocess.Popen[bytes]:
        """A worker in a process and session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.unit.engine.fake_worker", str(self.where), str(seconds),
             "undo" if undo else "knows" if knows else ""],
            cwd=TOP, env={**os.environ, "PYTHONPATH": str(TOP)}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )

    def reboot(self, *, md: bool) -> None:
        """The machine has restarted, onto the array or back onto the old disk."""
        self.world.set(boot_id="boot-2", md=md)


MIRROR = ("partition-mirror", "MIR1")
SOURCE = ("partition-source", "SRC1")


def at_the_reboot(conversion: Conversion) -> None:
    """The first half is done."""
    conversion.approve(MIRROR)
    assert conversion.work() is ExitCode.REBOOT_NOW


def through(conversion: Conversion) -> None:
    """All is done."""
    conversion.approve(MIRROR, SOURCE)
    conversion.work()
    conversion.reboot(md=True)
    assert conversion.work() is ExitCode.DONE


@pytest.fixture
def conversion(tmp_path: Path) -> Conversion:
    return Conversion(tmp_path)
