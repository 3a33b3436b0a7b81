"""verify on a real mirror: all holds; each fault is found by its own line, and only by that."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conversion import Conversion
from tests.lab.conftest import MIRROR, SOURCE
from tests.lab.lab import Lab

KERNEL = "6.1.176"
LINES = {
    "old file system on a member": ("signatures on sdb2", "shows ext4"),
    "old superblock on a disk": ("signatures on sda", "shows linux_raid_member"),
    "other arrays in the initramfs": (f"initramfs of {KERNEL}", "mdadm.conf lacks /dev/md0"),
    "a resume device that is gone": (f"initramfs of {KERNEL}", "hibernated system on UUID=dead"),
    "a torn initramfs": (f"initramfs of {KERNEL}", "cannot be unpacked"),
    "fstab names what is not there": ("fstab", "UUID=dead0000-0000-4000-8000-000000000000 is not"),
    "fstab names the old disk": ("fstab", "names the old disk's /srv"),
    "nobody is named": ("mail address", "neither MAILADDR nor PROGRAM"),
    "debconf knows one disk": ("debconf", "does not name sd"),
    "core.img torn on sda": ("boot loader on sda", "core.img on the disk differs"),
    "no boot sector on sdb": ("boot loader on sdb", "no GRUB in the first sector"),
    "another boot.img on sdb": ("boot loader on sdb", "differs from boot.img"),
    "another swap area": ("swap on sda3", "does not have the UUID"),
    "no monitor": ("monitoring", "nobody hears"),
    "a half is missing": ("array of /", "a half is missing"),
    "a bad sector": ("bad blocks of md1", "sdb1 has 1 bad places"),
}


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory, server_image: Path) -> Conversion:
    """The small server, converted to its end."""
    conversion = Conversion(tmp_path_factory.mktemp("verify"), server_image, "")
    end = conversion.to_the_end()
    assert end.done, end.output[-3000:]
    return conversion


@pytest.fixture(scope="module")
def left(mirror: Conversion, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the commands say with the mirror's disk alone."""
    place = tmp_path_factory.mktemp("left")
    shutil.copyfile(mirror.lab.image(MIRROR.name), place / f"{MIRROR.name}.img")
    return Lab(place, [MIRROR]).run("points.py", "left", root="firmware").check().result


@pytest.fixture(scope="module")
def found(mirror: Conversion, left: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What does not hold, by fault."""
    del left  # it wants the mirror before anything was done to it
    return mirror.lab.run("points.py", "faults", root="firmware", limit=600).check().result


def test_everything_holds_on_a_good_mirror(found: dict[str, dict[str, str]]) -> None:
    assert list(found["at first"]) == ["monitoring"], "nothing has started it in this boot"
    assert found["good"] == {}


@pytest.mark.parametrize("fault", LINES)
def test_a_fault_is_found_by_its_line_alone(fault: str, found: dict[str, dict[str, str]]) -> None:
    name, words = LINES[fault]
    assert list(found[fault]) == [name]
    assert words in found[fault][name]


def test_every_fault_is_asked_for(found: dict[str, dict[str, str]]) -> None:
    assert set(found) - {"at first", "good"} == {*LINES, "an array is not in mdadm.conf"}


def test_an_array_out_of_mdadm_conf_is_seen_in_the_image(found: dict[str, dict[str, str]]) -> None:
    """Built without it, and the file mended since."""
    assert list(found["an array is not in mdadm.conf"]) == [f"initramfs of {KERNEL}"]


def test_with_a_disk_gone_there_are_lines_and_no_refusal(left: dict[str, Any]) -> None:
    assert left["verify"]["code"] == 1
    output = left["verify"]["output"]
    missing = f"The disk {SOURCE.serial} (BOOTMIR LABDISK) is not on this machine."
    assert f"FAIL  disk {SOURCE.serial}: {missing}" in output
    assert "FAIL  array of /: md0 [U_]" in output
    assert "ok    boot loader on sda: GRUB" in output, "the mirror's, which is sda now"


def test_json_has_each_points_advice(left: dict[str, Any]) -> None:
    assert left["verify --json"]["code"] == 1
    plain = json.loads(left["verify --json"]["output"])
    assert not plain["ok"]
    assert all(set(check) == {"name", "ok", "detail", "advice"} and check["advice"]
               for check in plain["checks"])
