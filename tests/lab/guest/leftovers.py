"""A mirror with a past: arrays and a volume group that started by themselves; then it is made ours.

    leftovers.py make    build them
    leftovers.py take    as after a boot: plan, partition-mirror, create-arrays; what is left
"""

from __future__ import annotations

import sys
from pathlib import Path

from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.plan.choices import Choices
from bootmirror.plan.planner import make_plan
from tests.lab.guest import steps
from tests.lab.guest.refusals import QUIET_LVM
from tests.lab.guest.results import create, hand_back, let_udev_see, run, udev_held

LAYOUT = "label: gpt\nfirst-lba: 2048\nstart=1MiB, size=48MiB\nsize=100MiB\n" + 2 * "size=40MiB\n"


def make() -> None:
    """An array at the start of its partition, one at the end, LVM in an array and beside one."""
    run("sfdisk", "--quiet", "/dev/sdb", stdin=LAYOUT)
    let_udev_see()
    with udev_held():  # a late word of the partitions' own coming would break the arrays
        create(20, "/dev/sdb1", "missing", metadata="1.0")
        create(21, "/dev/sdb2", "missing", metadata="1.2")
        run("mkfs.ext4", "-q", "-L", "old data", "/dev/md20")
    for name, device in (("old_inside", "/dev/md21"), ("old_beside", "/dev/sdb3")):
        run("lvm", "vgcreate", "-q", "--config", QUIET_LVM, name, device)
        run("lvm", "lvcreate", "-q", "-y", "--config", QUIET_LVM, "-L", "16m", "-n", "home", name)
    run("mkfs.ext4", "-q", "-L", "older still", "/dev/sdb4")
    run("lvm", "vgchange", "-q", "-an")
    with udev_held():
        run("mdadm", "--stop", "/dev/md20", "/dev/md21")


def take() -> None:
    """Start what a boot starts; then the steps that erase."""
    let_udev_see()
    # What udev's rules did not start: arrays are only read until somebody writes.
    Path("/sys/module/md_mod/parameters/start_ro").write_text("1")
    run("mdadm", "--assemble", "--scan", "--run", ok=(0, 1, 2))
    run("udevadm", "settle")
    run("lvm", "vgchange", "-q", "-ay", ok=(0, 5))
    run("udevadm", "settle")
    machine = inspect(Host())
    plan = make_plan(machine, Choices(source="sda", mirror="sdb", seed=steps.SEED))
    steps.plan()
    before = {"arrays": [[a.name, a.state] for a in machine.arrays],
              "groups": [g.name for g in machine.volume_groups],
              "active": [v.name for g in machine.volume_groups for v in g.volumes if v.device]}
    steps.perform("partition-mirror")
    after = inspect(Host())
    signatures = {p: run("wipefs", "--no-act", "--noheadings", p)
                  for p in ("/dev/sdb1", "/dev/sdb2", "/dev/sdb3")}
    steps.perform("create-arrays")
    hand_back({
        "warnings": list(plan.warnings), "before": before, "signatures": signatures,
        "table": next(d.table for d in after.disks if d.name == "sdb"),
        "arrays": [a.name for a in after.arrays],
        "groups": [g.name for g in after.volume_groups],
        "on new arrays": {a.name: a.content.kind if a.content else ""
                          for a in inspect(Host()).arrays},
    })


if __name__ == "__main__":
    {"make": make, "take": take}[sys.argv[1]]()
