"""Whatever a plan stands on is noticed when it changes, and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bootmirror.machine.model import Content, Disk, Machine, Mount, Swap
from bootmirror.plan.fingerprint import FILE, differences, facts_of, fingerprint_of
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MACHINE, MIB, disks_changed
from tests.unit.steps.machines import MACHINES, planned

PLAN = make_plan(MACHINE, CHOICES)
SOURCE, MIRROR = "PM-0001-A", "PM-0002-B"
Change = Callable[[Machine], Machine]


def _file(path: str) -> Change:
    return lambda m: replace(m, files=tuple(
        (p, f"{text}# mine\n" if p == path else text) for p, text in m.files))


def _partition(**changed: object) -> Change:
    def change(disk: Disk) -> Disk:
        first, *rest = disk.partitions
        return replace(disk, partitions=(replace(first, **changed), *rest))  # type: ignore[arg-type]
    return lambda m: disks_changed(change, SOURCE, m)


def _disk(which: str, **changed: object) -> Change:
    return lambda m: disks_changed(lambda d: replace(d, **changed), which, m)  # type: ignore[arg-type]


CHANGES: dict[str, tuple[str, Change]] = {
    "fstab": ("/etc/fstab", _file("/etc/fstab")),
    "grub's settings": ("/etc/default/grub", _file("/etc/default/grub")),
    "kernel": ("system.kernel", lambda m: replace(m, kernel="9.9")),
    "boot loader": ("system.boot-loader", lambda m: replace(
        m, boot_loader=replace(m.boot_loader, kind="lilo"))),
    "a swap file": ("system.swap /swap", lambda m: replace(
        m, swaps=(*m.swaps, Swap("/swap", "file", MIB, 0)))),
    "the source's table": ("source.table", _disk(SOURCE, table_id="0xdeadbeef")),
    "the mirror's table": ("mirror.table", _disk(MIRROR, table="gpt")),
    "a partition's place": ("source.partition 1", _partition(size=64 * MIB)),
    "a partition's type": ("source.partition 1", _partition(type="8e")),
    "another file system": ("source.partition 1", _partition(content=Content("ext4", uuid="new"))),
    "what is mounted": ("source.mount 1", lambda m: replace(
        m, mounts=(*m.mounts, Mount("/srv", "/dev/sdb1", "ext4", "rw")))),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found_and_named(what: str) -> None:
    name, change = CHANGES[what]
    later = change(MACHINE)
    (found,) = differences(PLAN, later, "all")
    assert found.startswith(f"{name} was ")
    source, mirror = (later.disk(i) for i in (SOURCE, MIRROR))
    assert source is not None and mirror is not None
    assert fingerprint_of(facts_of(later, source, mirror)) != PLAN.fingerprint


def test_the_same_machine_has_none() -> None:
    assert differences(PLAN, MACHINE, "all") == ()
    assert differences(PLAN, replace(MACHINE, taken_at=0.0, boot_id="another"), "all") == ()


@pytest.mark.parametrize("loader", MACHINES)
def test_every_file_a_plan_was_made_from_is_a_fact(loader: str) -> None:
    plan = planned(loader)
    today = {config.path for config in plan.configs if config.current is not None}
    facts = {name.removeprefix(FILE) for name, _ in plan.facts}
    assert today - {plan.entry.path} <= facts
