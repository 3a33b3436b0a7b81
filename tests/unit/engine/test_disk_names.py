"""Kernel names may change at a boot: what is said of a disk calls it as it is called now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.engine.disk_names import DiskNames
from bootmirror.errors import StepFailed
from bootmirror.machine.model import Disk
from tests.unit.engine.fakes import SDA, SDB, plan


class Looks:
    """The disks, and how often somebody looked."""

    def __init__(self, *disks: Disk) -> None:
        self.disks = disks
        self.count = 0

    def __call__(self) -> Sequence[Disk]:
        self.count += 1
        return self.disks


def _sys_block(where: Path, *names: str) -> Path:
    for name in names:
        (where / name).mkdir(parents=True)
    return where


def _named(found: DiskNames) -> tuple[str, str]:
    today = found.today(plan())
    assert (today.source.id, today.mirror.id) == ("SRC1", "MIR1")
    return today.source.name, today.mirror.name


def test_two_that_changed_their_names(tmp_path: Path) -> None:
    looks = Looks(replace(SDA, name="sdb"), replace(SDB, name="sda"))
    found = DiskNames(looks, _sys_block(tmp_path, "sda", "sdb"))
    assert _named(found) == ("sdb", "sda")
    assert _named(found) == ("sdb", "sda")
    assert looks.count == 1


def test_they_are_looked_at_anew_when_a_disk_comes(tmp_path: Path) -> None:
    looks = Looks(SDA, SDB)
    found = DiskNames(looks, _sys_block(tmp_path, "sda", "sdb"))
    assert _named(found) == ("sda", "sdb")
    (tmp_path / "sdc").mkdir()
    looks.disks = (SDA, replace(SDB, name="sdc"))
    assert _named(found) == ("sda", "sdc")


def test_one_that_is_gone_is_not_called_what_another_is_called(tmp_path: Path) -> None:
    looks = Looks(replace(SDB, name="sda"))
    assert _named(DiskNames(looks, _sys_block(tmp_path, "sda"))) == ("SRC1", "sda")


def test_one_that_is_gone_keeps_its_name_where_nothing_has_it(tmp_path: Path) -> None:
    found = DiskNames(Looks(SDB), _sys_block(tmp_path, "sdb"))
    assert _named(found) == ("sda", "sdb")


def test_a_look_that_fails_changes_nothing_and_is_made_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("bootmirror.engine.disk_names.time.monotonic", lambda: clock[0])
    looks = [0]

    def fails() -> Sequence[Disk]:
        looks[0] += 1
        raise StepFailed("lsblk is not installed.")

    found = DiskNames(fails, _sys_block(tmp_path, "sdx"))
    assert _named(found) == _named(found) == ("sda", "sdb")
    assert looks == [1]
    clock[0] += 10.0
    assert _named(found) == ("sda", "sdb")
    assert looks == [2]
