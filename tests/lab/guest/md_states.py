"""Takes two arrays through their states, and keeps what bootmirror and the kernel say in each."""

from __future__ import annotations

import re
from typing import Any

from bootmirror.host.host import Host
from bootmirror.machine.inspect import glance, inspect
from bootmirror.machine.model import Machine
from bootmirror.records import to_plain
from tests.lab.guest.results import (
    create,
    hand_back,
    let_udev_see,
    partition,
    read,
    run,
    udev_held,
    wait_for,
    write,
)


def look(before: Machine | None = None) -> dict[str, Any]:
    machine = inspect(Host())
    found: dict[str, Any] = {
        "arrays": {a.name: to_plain(a) for a in machine.arrays},
        "pictures": {a.name: a.picture for a in machine.arrays},
        "mdstat": read("/proc/mdstat"),
        "holders": {p.name: list(p.holders) for _, p in machine.partitions()},
        "kinds": {p.name: p.content.kind for _, p in machine.partitions() if p.content},
        "boot_id": machine.boot_id,
    }
    if before is not None:
        found["glance"] = {a.name: to_plain(a) for a in glance(Host(), before).arrays}
    return found


def sync_action(name: str) -> str:
    return read(f"/sys/block/{name}/md/sync_action").strip()


def percent() -> float:
    """How far /proc/mdstat says md0 is."""
    found = re.search(r"recovery =\s*([0-9.]+)%", read("/proc/mdstat"))
    return float(found[1]) if found else 0.0


def main() -> None:
    seen: dict[str, Any] = {}
    for disk in ("/dev/sda", "/dev/sdb"):
        partition(disk, "64MiB", "96MiB")
    create(0, "/dev/sdb2", "missing")
    create(1, "/dev/sdb1", "missing", metadata="1.0")
    let_udev_see()
    host = Host()
    degraded = inspect(host)
    seen["degraded"] = look()

    # The kernel syncs arrays that share disks one after the other: the second one is DELAYED.
    write("/sys/block/md0/md/sync_speed_max", "4096")
    write("/sys/block/md0/md/sync_speed_min", "1024")
    run("mdadm", "/dev/md0", "--add", "/dev/sda2")
    wait_for("recovery of md0", lambda: sync_action("md0") == "recover")
    run("mdadm", "/dev/md1", "--add", "/dev/sda1")
    wait_for("md0 moves", lambda: "recovery =" in read("/proc/mdstat"))
    wait_for("md1 waits", lambda: "DELAYED" in read("/proc/mdstat"))
    wait_for("md0 gets on", lambda: percent() > 2)
    seen["recovering"] = look(degraded)
    seen["recovering"]["percent"] = percent()

    write("/sys/block/md0/md/sync_speed_max", "2000000")
    wait_for("both are whole", lambda: read("/proc/mdstat").count("[UU]") == 2, 40)
    wait_for("all is idle", lambda: {sync_action(n) for n in ("md0", "md1")} == {"idle"})
    seen["clean"] = look()

    run("mdadm", "/dev/md1", "--fail", "/dev/sda1")
    seen["failed"] = look()
    run("mdadm", "/dev/md1", "--remove", "/dev/sda1")

    with udev_held():
        run("mdadm", "--stop", "/dev/md1")
        run("mdadm", "--assemble", "--run", "/dev/md1", "/dev/sdb1")
    run("mdadm", "--readonly", "/dev/md0")
    run("udevadm", "settle")
    seen["read-only"] = look()
    seen["examine"] = {p: run("mdadm", "--examine", p) for p in ("/dev/sdb1", "/dev/sdb2")}
    hand_back(seen)


main()
