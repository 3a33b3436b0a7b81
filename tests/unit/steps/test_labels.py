"""While both disks are there, no file system of the mirror has the label of one of the source's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.actions.commands import Command
from bootmirror.actions.disks import WipeClaimed
from bootmirror.actions.label import SetLabel
from bootmirror.host.host import Host
from bootmirror.plan.planner import make_plan
from bootmirror.steps.partition_source import PartitionSource
from bootmirror.steps.tables import WriteTable
from tests.unit.plan.test_layouts import CHOICES
from tests.unit.steps.machines import MACHINES, first_half
from tests.unit.steps.test_copying import Quiet


@pytest.mark.parametrize("loader", MACHINES)
def test_none_is_made_with_a_label(loader: str) -> None:
    made = [a.argv for a in first_half(loader)
            if isinstance(a, Command) and a.argv[0].startswith("mkfs.") and "vfat" not in a.argv[0]]
    assert made and not [argv for argv in made if "-L" in argv]


def test_each_gets_its_own_once_the_source_has_none_any_more() -> None:
    machine = MACHINES["grub-bios"]
    plan = make_plan(machine, CHOICES)
    plan = replace(plan, filesystems=tuple(
        replace(f, label=f"on {f.mountpoint}") for f in plan.filesystems))
    actions = PartitionSource().actions(plan, machine)
    kinds = [type(a) for a in actions]
    labels = [a for a in actions if isinstance(a, SetLabel)]
    assert {(a.mountpoint, a.label) for a in labels} == {
        (f.mountpoint, f.label) for f in plan.filesystems if f.label}
    assert kinds.index(WipeClaimed) < kinds.index(SetLabel) < kinds.index(WriteTable)


def test_one_that_cannot_be_set_is_told_and_stops_nothing(tmp_path: Path) -> None:
    class Told(Quiet):
        notes: list[str] = []  # noqa: RUF012 - one test's

        def note(self, text: str) -> None:
            self.notes.append(text)

    SetLabel(f"{tmp_path}/none", "data").perform(Host(), Told())
    assert ["the label 'data' could not be set" in note for note in Told.notes] == [True]
