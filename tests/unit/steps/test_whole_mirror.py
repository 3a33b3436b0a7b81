"""[UU] proves nothing: what else makes a mirror whole is looked at, and stops what goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.kinds.initramfs_tools import lacking
from bootmirror.machine.arrays import read_arrays
from bootmirror.steps import verify
from bootmirror.steps.verify import RunChecks
from tests.unit.steps.test_confirm import PLAN
from tests.unit.steps.test_copying import Quiet

MDSTAT = """\
Personalities : [raid1]
md0 : active raid1 sdb2[1] sda2[0]
      1024 blocks super 1.2 [2/2] [UU]

unused devices: <none>
"""


class Md(Host):
    """A machine with one array, [UU], and what sysfs says of its halves."""

    def __init__(self, bad: str) -> None:
        super().__init__()
        self.bad = bad

    def read(self, path: str | Path) -> str | None:
        md = "/sys/block/md0/md"
        return {
            "/proc/mdstat": MDSTAT, f"{md}/raid_disks": "2\n",
            f"{md}/dev-sda2/slot": "0\n", f"{md}/dev-sda2/state": "in_sync\n",
            f"{md}/dev-sdb2/slot": "1\n", f"{md}/dev-sdb2/state": "in_sync\n",
            f"{md}/dev-sda2/bad_blocks": "", f"{md}/dev-sdb2/bad_blocks": self.bad,
        }.get(str(path))

    def find(self, program: str) -> str:
        del program
        return ""

    def listing(self, path: str | Path) -> list[str]:
        return ["dev-sda2", "dev-sdb2"] if str(path) == "/sys/block/md0/md" else []


@pytest.mark.parametrize(("listed", "count"), [("", 0), ("2048 8\n", 1), ("2048 8\n4096 16\n", 2)])
def test_the_bad_blocks_of_each_half_are_counted(listed: str, count: int) -> None:
    (array,) = read_arrays(Md(listed), [])
    assert array.picture == "[UU]"
    assert {m.name: m.bad_blocks for m in array.members} == {"sda2": 0, "sdb2": count}


GOOD = Check("array of /", True, "md0 [UU] clean", "Nothing.")


@pytest.mark.parametrize("wrong", [
    "bad blocks of md0", "boot loader on sda", "initramfs", "mdadm.conf", "mounts", "fstab"])
def test_one_point_that_does_not_hold_fails_it(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StepFailed, match=f"1 of 2 points do not hold: {wrong}: broken"):
        looked_at(monkeypatch, lambda *_: (GOOD, Check(wrong, False, "broken", "Mend it.")))


def test_every_point_that_holds_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(monkeypatch, lambda *_: (GOOD, GOOD))


def looked_at(
    monkeypatch: pytest.MonkeyPatch, checks: Callable[..., tuple[Check, ...]]
) -> None:
    monkeypatch.setattr(verify, "verify_checks", checks)
    RunChecks(PLAN).perform(Host(), Quiet())


def test_an_initramfs_needs_all_it_takes_to_find_the_array() -> None:
    whole = {"usr/lib/modules/6.1/kernel/drivers/md/raid1.ko", "usr/sbin/mdadm",
             "etc/mdadm/mdadm.conf"}
    assert lacking(whole, volumes=False) == ()
    for name in whole:
        assert len(lacking(whole - {name}, volumes=False)) == 1
    assert lacking(whole, volumes=True) == ("the program lvm",)
