"""What a create-arrays that was cut off has left is no array that runs already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bootmirror.host.host import Host, Result
from bootmirror.machine.model import Array, Content, Machine, Member
from bootmirror.steps import create_arrays, leftovers
from bootmirror.steps.create_arrays import CreateArray, CreateArrays
from tests.unit.steps.test_confirm import MACHINE, PLAN
from tests.unit.steps.test_copying import Quiet

PLANNED = PLAN.arrays[0]
OURS = next(f.uuid for f in PLAN.filesystems if f.partition == PLANNED.partition)


class Commands(Host):
    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    def run(self, argv: Sequence[str], **_named: Any) -> Result:
        self.ran.append(" ".join(argv[:2]))
        return Result(0, "", "")

    def exists(self, path: object) -> bool:
        del path
        return True


def _machine(state: str, content: Content | None) -> Machine:
    members = (Member("sda1", 0, "in_sync"),) if state != "inactive" else ()
    run = [Array(f"md12{n}", f"/dev/md12{n}", a.uuid, "raid1", a.metadata, 1 << 20, 2,
                 members=members, state=state, content=content if a is PLANNED else None)
           for n, a in enumerate(PLAN.arrays)]
    return replace(MACHINE, arrays=tuple(run))


def _ran(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    for module in (create_arrays, leftovers):
        monkeypatch.setattr(module, "inspect", lambda _host: machine)
    host = Commands()
    CreateArray(PLAN, PLANNED, "/dev/sda1").perform(host, Quiet())
    return host.ran


@pytest.mark.parametrize("content", [None, Content("ext4", uuid=OURS)])
def test_an_array_that_runs_is_left_alone(
    content: Content | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = _machine("clean", content)
    assert CreateArrays().done(machine, PLAN)
    assert _ran(machine, monkeypatch) == []


def test_one_that_was_never_started_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """mdadm --create was killed while md began with it."""
    machine = _machine("inactive", None)
    assert not CreateArrays().done(machine, PLAN)
    assert _ran(machine, monkeypatch)[:2] == ["mdadm --stop", "mdadm --create"]


def test_what_an_earlier_life_shows_in_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step was killed between mdadm --create and the wipe."""
    machine = _machine("clean", Content("LVM2_member", uuid="an-earlier-life"))
    assert not CreateArrays().done(machine, PLAN)
    ran = _ran(machine, monkeypatch)
    assert "mdadm --create" not in ran
    assert ran[-1] == "wipefs --all"
