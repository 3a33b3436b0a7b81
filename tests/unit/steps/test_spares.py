"""A spare is added, and added again when it was left out; nothing else ever is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import Refused
from bootmirror.machine.model import Content, Member
from bootmirror.plan.model import PlannedSpare
from bootmirror.steps import spares
from bootmirror.steps.spares import AddSpare
from tests.unit.steps.mirrored import PLAN, Mirrored, mirrored
from tests.unit.steps.test_copying import Quiet

SPARE = PlannedSpare("5eed0003-02", "/dev/sdq2")  # as it was called when the plan was made
ARRAY = replace(PLAN.arrays[0], spares=(SPARE,))
OWN = Content("linux_raid_member", ARRAY.uuid.replace(":", ""))


def _machine(content: Content | None, state: str = "") -> Mirrored:
    """A mirror with a third disk, whose second partition holds that, and is a member so."""
    made = mirrored()
    made.host.outputs["mdadm"] = ""
    made.plan = replace(PLAN, arrays=(ARRAY, *PLAN.arrays[1:]))
    third = made.machine.disks[1]
    part = replace(third.partitions[1], name="sdc2", path="/dev/sdc2", partuuid=SPARE.partuuid,
                   content=content, holders=())
    disk = replace(third, name="sdc", path="/dev/sdc", serial="PM-3", partitions=(part,))
    made.machine = replace(made.machine, disks=(*made.machine.disks, disk))
    if state:
        members = (*made.machine.arrays[0].members, Member("sdc2", None, state))
        made.with_array(0, members=members)
        for name in ("bad_blocks", "unacknowledged_bad_blocks"):
            made.host.texts[f"/sys/block/md0/md/dev-sdc2/{name}"] = ""
    return made


def _ran(made: Mirrored, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    monkeypatch.setattr(spares, "inspect", lambda host: made.machine)
    AddSpare(ARRAY, SPARE).perform(made.host, Quiet())
    return made.host.ran


def test_a_blank_one_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _ran(_machine(None), monkeypatch) == [("mdadm", "/dev/md0", "--add", "/dev/sdc2")]


@pytest.mark.parametrize("state", ["spare", "faulty"])
def test_a_member_is_left_alone(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _ran(_machine(OWN, state), monkeypatch) == []


def test_one_that_was_left_out_is_added_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _ran(_machine(OWN), monkeypatch) == [
        ("mdadm", "--zero-superblock", "/dev/sdc2"),
        ("mdadm", "/dev/md0", "--add", "/dev/sdc2"),
    ]


@pytest.mark.parametrize("content", [
    Content("ext4"), Content("linux_raid_member"),
    Content("linux_raid_member", "11111111-2222-3333-4444-555555555555"),
])
def test_what_holds_something_else_is_refused(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _machine(content)
    with pytest.raises(Refused, match=r"/dev/sdc2.* is not blank now"):
        _ran(made, monkeypatch)
    assert made.host.ran == []


@pytest.mark.parametrize(("made", "told"), [
    (_machine(OWN, "spare"), ""),
    (_machine(OWN, "faulty"), "sdc2 failed in /dev/md0"),
    (_machine(OWN), "sdc2 is not in /dev/md0"),
    (replace(mirrored(), plan=_machine(None).plan), "/dev/sdq2, as it was then, is not here"),
])
def test_verify_tells_where_it_is(made: Mirrored, told: str) -> None:
    assert made.bad() == ({"spare of /": told} if told else {})
