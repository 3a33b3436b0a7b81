"""What the machine runs from decides whether it fell back, or a person must mount something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import FellBack, NeedsPerson
from bootmirror.host.host import Host
from bootmirror.machine.model import Array, Machine
from bootmirror.machine.recording import load_machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from bootmirror.steps import confirm_first_boot
from bootmirror.steps.confirm_first_boot import AllMounted, Confirm, ConfirmFirstBoot, OldDiskGone
from tests.unit.steps.test_copying import Quiet

RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"
MACHINE = load_machine(RECORDED.read_text())
PLAN = make_plan(
    MACHINE, Choices("PM-0001-A", "PM-0002-B", "5eed5eed-0000-4000-8000-000000000001"))


def _running_from(plan: Plan, *mounted: str) -> Machine:
    """The machine with these mount points on their arrays, the others as they were."""
    arrays = tuple(
        Array(a.device.removeprefix("/dev/"), a.device, a.uuid, "raid1", "1.2", 0, 2)
        for a in plan.arrays)
    path = {a.holds: a.device for a in plan.arrays}
    mounts = tuple(
        replace(m, source=path[m.target]) if m.target in mounted else m for m in MACHINE.mounts)
    return replace(MACHINE, arrays=arrays, mounts=mounts)


def _confirm(monkeypatch: pytest.MonkeyPatch, *mounted: str) -> None:
    monkeypatch.setattr(
        confirm_first_boot, "inspect", lambda _host: _running_from(PLAN, *mounted))
    monkeypatch.setattr(confirm_first_boot, "explain_fallback", lambda _host, _plan: "Why.")
    Confirm(PLAN).perform(Host(), Quiet())
    AllMounted(PLAN).perform(Host(), Quiet())


def test_all_on_the_arrays_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    _confirm(monkeypatch, "/", "/boot")


def test_the_root_on_the_old_disk_is_a_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FellBack):
        _confirm(monkeypatch)


def test_a_mount_that_lacks_is_no_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine runs from the mirror: a new try would erase it."""
    with pytest.raises(NeedsPerson) as caught:
        _confirm(monkeypatch, "/")
    assert not isinstance(caught.value, FellBack)
    assert "/boot is on" in caught.value.message


def test_what_is_not_mounted_keeps_the_machine_from_staying_by_nothing() -> None:
    """Else the next boot would be the old system's, which lacks what is written meanwhile."""
    actions = ConfirmFirstBoot().actions(PLAN, MACHINE)
    said = [action.describe() for action in actions]
    stays = next(i for i, words in enumerate(said) if "grub-editenv" in words)
    assert stays < next(i for i, a in enumerate(actions) if isinstance(a, AllMounted))


def test_a_mirror_whose_old_disk_is_gone_boots_by_itself() -> None:
    """It had handed a BIOS on to that disk, and would not boot any more."""
    alone = replace(MACHINE, disks=tuple(d for d in MACHINE.disks if d.id != PLAN.source.id))
    actions = ConfirmFirstBoot().actions(PLAN, alone)
    said = "\n".join(action.describe() for action in actions)
    mirror = PLAN.mirror.find(alone).path
    assert f"grub-install --target=i386-pc {mirror}" in said
    assert isinstance(actions[0], Confirm) and isinstance(actions[-1], OldDiskGone)
    with pytest.raises(NeedsPerson, match="is not here") as caught:
        actions[-1].perform(Host(), Quiet())
    assert "Attach it" in caught.value.hint
