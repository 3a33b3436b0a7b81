"""On the old system an automount is asked for before the facts are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.engine.live import LiveSession
from bootmirror.engine.plan_file import dump_plan
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.worker import Worker
from bootmirror.errors import ExitCode
from bootmirror.host.host import CommandRecord, Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, PlannedFilesystem
from tests.unit.engine.conftest import MIRROR, SOURCE, Conversion
from tests.unit.engine.fakes import QuietHost, machine, plan, recipe

HOME = PlannedFilesystem("ext4", "new", "", "/home", "old", 2, 0, 0)
PLAN = replace(plan(), filesystems=(HOME,))


class Idle(QuietHost):
    """/home is mounted once somebody has asked for it."""

    def __init__(
        self,
        on_command: Callable[[CommandRecord], None] | None = None,
        on_start: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        super().__init__(on_command, on_start)
        self.mounted = False

    def listing(self, path: str | Path) -> list[str]:
        self.mounted |= str(path) == "/home"
        return super().listing(path)


def _around(conversion: Conversion, mounted: list[bool]) -> Surroundings:
    """A world in which /home not being mounted is a difference."""
    def look(host: Host) -> Machine:
        assert isinstance(host, Idle)
        mounted.append(host.mounted)
        return machine()

    def compare(_plan: Plan, _machine: Machine, _scope: str) -> tuple[str, ...]:
        return () if mounted[-1] else ("source.mount 2 was /home, is not there",)

    return replace(conversion.world.around(), look=look, compare=compare)


def test_an_idle_mount_is_no_other_fact(conversion: Conversion) -> None:
    mounted: list[bool] = []
    conversion.approve(MIRROR, SOURCE)
    Host().write(conversion.state.plan, dump_plan(PLAN), mode=0o600)
    steps, around = recipe(conversion.where / "effects"), _around(conversion, mounted)
    assert Worker(conversion.state, steps, around, Idle).run() is ExitCode.REBOOT_NOW
    assert all(mounted)


def test_on_the_mirror_nothing_is_waited_for(conversion: Conversion) -> None:
    """A mount that does not come must not hold up what keeps the machine on the mirror."""
    mounted: list[bool] = []
    conversion.approve(MIRROR, SOURCE)
    conversion.work()
    Host().write(conversion.state.plan, dump_plan(PLAN), mode=0o600)
    conversion.reboot(md=True)
    steps, around = recipe(conversion.where / "effects"), _around(conversion, mounted)
    assert Worker(conversion.state, steps, around, Idle).run() is ExitCode.DONE
    assert mounted and not any(mounted)


def test_an_approval_asks_for_it_too(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveSession, "source_refusals", lambda *_rest: ())
    monkeypatch.setattr(LiveSession, "mirror_refusals", lambda *_rest: ())
    mounted: list[bool] = []
    session = LiveSession(conversion.state, recipe(conversion.where / "effects"),
                          _around(conversion, mounted), Idle())
    session.approve(PLAN)
    assert mounted == [True]
