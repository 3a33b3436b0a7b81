"""A source that its system finds by names which the mirror will have too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import Machine
from bootmirror.plan.preflight import source_refusals
from bootmirror.plan.shared_names import FSTAB
from tests.unit.plan.test_layouts import MACHINE
from tests.unit.plan.test_uefi import _uefi

SOURCE = "/dev/sdb"


def _found(machine: Machine) -> list[str]:
    return [r.message for r in source_refusals(machine, SOURCE) if r.code == "shared-name"]


def _named(machine: Machine, **partition: object) -> Machine:
    """The source's first partition with another name; the machine's fstab has a line more."""
    first = machine.disk(SOURCE)
    assert first is not None
    changed = replace(first.partitions[0], **partition)  # type: ignore[arg-type]
    disks = tuple(replace(d, partitions=(changed, *d.partitions[1:])) if d.path == SOURCE else d
                  for d in machine.disks)
    return replace(machine, disks=disks)


def _with_line(machine: Machine, line: str) -> Machine:
    files = tuple((path, f"{text}{line}\n" if path == FSTAB else text)
                  for path, text in machine.files)
    return replace(machine, files=files)


@pytest.mark.parametrize("spec", ["PARTLABEL=first", 'PARTLABEL="first"',
                                  "/dev/disk/by-partlabel/first"])
def test_a_partitions_name_in_fstab(spec: str) -> None:
    machine = _named(MACHINE, label="first")
    assert _found(machine) == []
    (said,) = _found(_with_line(machine, f"{spec} /one ext4 defaults 0 0"))
    assert said.startswith("/etc/fstab names what is mounted on /one by ")


def test_a_partitions_name_on_the_kernels_command_line() -> None:
    machine = replace(_named(MACHINE, label="first"), cmdline="ro root=PARTLABEL=first quiet")
    (said,) = _found(machine)
    assert said.startswith("The kernel's command line names it by PARTLABEL=first")


def test_an_esp_s_label_but_not_a_file_system_s() -> None:
    machine = _uefi()
    source = machine.disk(SOURCE)
    assert source is not None
    for partition in source.partitions:
        assert partition.content is not None
        if partition.content.kind == "swap":
            continue
        labelled = replace(partition, content=replace(partition.content, label="mine"))
        disks = tuple(
            replace(d, partitions=tuple(labelled if p == partition else p for p in d.partitions))
            if d.path == SOURCE else d for d in machine.disks)
        found = _found(_with_line(replace(machine, disks=disks), "LABEL=mine /one auto ro 0 0"))
        assert bool(found) is (partition.content.kind == "vfat")
