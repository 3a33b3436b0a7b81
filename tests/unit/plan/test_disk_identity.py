"""A planned disk is found by what it is, whatever the kernel calls it today."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import Refused
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.model import DiskRef
from tests.unit.plan.test_layouts import MACHINE

MIRROR, SOURCE = MACHINE.disks
REF = DiskRef.of(MIRROR)


def with_disks(*disks: Disk) -> Machine:
    return replace(MACHINE, disks=disks)


def test_names_may_change_between_two_boots() -> None:
    swapped = with_disks(replace(SOURCE, name="sda", path="/dev/sda"),
                         replace(MIRROR, name="sdb", path="/dev/sdb"))
    assert REF.find(swapped).path == "/dev/sdb"


@pytest.mark.parametrize("other", [
    {"serial": "PM-9999-Z"}, {"size": MIRROR.size - 512}, {"wwn": "0x5000c5009999"}])
def test_another_disk_under_its_name_is_not_taken(other: dict[str, object]) -> None:
    with pytest.raises(Refused, match="is not on this machine") as refused:
        REF.find(with_disks(replace(MIRROR, **other), SOURCE))  # type: ignore[arg-type]
    assert refused.value.hint


def test_of_two_with_one_identity_none_is_taken() -> None:
    twin = replace(MIRROR, name="sdc", path="/dev/sdc")
    with pytest.raises(Refused, match="sda, sdc answer to the same identity"):
        REF.find(with_disks(MIRROR, SOURCE, twin))


def test_without_serial_and_wwn_it_is_its_place() -> None:
    bare = replace(MIRROR, serial="", wwn="", by_path=("/dev/disk/by-path/pci-1",))
    ref = DiskRef.of(bare)
    assert ref.find(with_disks(replace(bare, name="sdz"), SOURCE)).name == "sdz"
    with pytest.raises(Refused):
        ref.find(with_disks(replace(bare, by_path=("/dev/disk/by-path/pci-2",)), SOURCE))
