"""Two disks with one serial number and a WWN each, as a RAID controller's drives have them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import Refused
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.recording import dump_machine, load_machine
from bootmirror.plan.planner import make_plan
from bootmirror.plan.preflight import mirror_refusals, source_refusals
from tests.unit.plan.test_layouts import CHOICES, MACHINE, shown

SERIAL, SOURCE, MIRROR = "PDNLH0BRH8O0NP", "0x600508b1001c0001", "0x600508b1001c0002"
CHOSEN = replace(CHOICES, source=SOURCE, mirror=MIRROR)


def drives(machine: Machine = MACHINE, twins: bool = False) -> Machine:
    """The machine with one serial for both, marked as a look at it does."""
    def changed(disk: Disk) -> Disk:
        wwn = SOURCE if twins or disk.id == CHOICES.source else MIRROR
        made = replace(disk, serial=SERIAL, wwn=wwn)
        return replace(made, shared=made.identities if twins else (SERIAL,))

    return replace(machine, disks=tuple(changed(d) for d in machine.disks))


def test_they_are_told_apart_by_their_wwns() -> None:
    machine = drives()
    plan = make_plan(machine, CHOSEN)
    assert (plan.source.id, plan.mirror.id) == (SOURCE, MIRROR)
    assert (plan.source.find(machine).name, plan.mirror.find(machine).name) == ("sdb", "sda")
    assert f"old volume groups that lie on {MIRROR} alone" in shown(
        plan, machine, "partition-mirror")
    assert plan.choices == CHOSEN and plan.errors == []


def test_the_serial_alone_names_neither() -> None:
    with pytest.raises(Refused, match=f"There is no disk {SERIAL}"):
        make_plan(drives(), replace(CHOSEN, mirror=SERIAL))


def test_a_recording_keeps_it() -> None:
    assert load_machine(dump_machine(drives())) == drives()


@pytest.mark.parametrize("mirror", ["sda", SERIAL])
def test_twins_are_refused_as_what_they_are(mirror: str) -> None:
    machine = drives(twins=True)
    (found,) = mirror_refusals(machine, "sdb", mirror)
    assert found.code == "same-identity" and found.message.startswith("sda and sdb answer to")
    (found,) = source_refusals(machine, "sdb")
    assert found.code == "same-identity"


def test_without_marks_nobody_guesses() -> None:
    """A recording of before they were made."""
    bare = replace(drives(), disks=tuple(replace(d, shared=()) for d in drives().disks))
    assert [r.code for r in mirror_refusals(bare, "sdb", "sda")] == ["same-identity"]
