"""A half that dropped out of the resync is added again; nothing else ever is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import Machine, Member
from bootmirror.plan.model import Side
from bootmirror.steps import rejoin
from bootmirror.steps.rejoin import Rejoin
from tests.unit.steps.mirrored import PLAN, Mirrored, mirrored
from tests.unit.steps.test_copying import Quiet


@pytest.fixture
def made() -> Mirrored:
    """A mirror whose first array has lost the old disk's half."""
    return _without(Side.SOURCE)


def _without(side: Side) -> Mirrored:
    found = mirrored()
    found.host.outputs["mdadm"] = ""
    found.with_array(0, members=tuple(
        m for m in found.machine.arrays[0].members if m.name != _half(found.machine, side)))
    return found


def _half(machine: Machine, side: Side) -> str:
    partition = PLAN.disk(side).find(machine).partition(PLAN.arrays[0].member(side).partition)
    assert partition is not None
    return partition.name


def _ran(made: Mirrored, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    monkeypatch.setattr(rejoin, "inspect", lambda host: made.machine)
    monkeypatch.setattr(rejoin, "make_sure", lambda *disk: made.host.ran.append(("sure", *disk)))
    Rejoin(PLAN, PLAN.arrays[0]).perform(made.host, Quiet())
    return made.host.ran


@pytest.mark.parametrize("side", Side)
def test_it_is_added_again_with_nothing_left_of_its_membership(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _without(side)
    disk = PLAN.disk(side).find(made.machine)
    half, array = f"/dev/{_half(made.machine, side)}", f"/dev/{made.machine.arrays[0].name}"
    assert _ran(made, monkeypatch) == [
        ("sure", disk.path, disk.devno, disk.size),
        ("mdadm", "--zero-superblock", half),
        ("mdadm", array, "--add", half),
    ]


def test_a_member_whose_device_is_gone_is_let_go_first(
    made: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Member("sdx1", None, "faulty")
    made.with_array(0, members=(*made.machine.arrays[0].members, gone))
    assert ("mdadm", f"/dev/{made.machine.arrays[0].name}", "--remove", "detached") in _ran(
        made, monkeypatch)


@pytest.mark.parametrize("state", ["in_sync", "spare", "faulty"])
def test_what_is_a_member_in_any_state_is_left_alone(
    made: Mirrored, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """One that failed while it is here is for a person to look at."""
    half = Member(_half(made.machine, Side.SOURCE), None, state)
    made.with_array(0, members=(*made.machine.arrays[0].members, half))
    assert _ran(made, monkeypatch) == []


def test_no_disk_is_touched_where_the_other_is_not_whole(
    made: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mirror,) = made.machine.arrays[0].members
    made.with_array(0, members=(replace(mirror, state="spare"),))
    assert _ran(made, monkeypatch) == []


def test_a_disk_that_is_gone_is_left_to_the_wait(
    made: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = PLAN.source.find(made.machine).name
    made.machine = replace(
        made.machine, disks=tuple(d for d in made.machine.disks if d.name != source))
    assert _ran(made, monkeypatch) == []
