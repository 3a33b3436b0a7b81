"""Rebuilds a mirror from a disk with one sector that cannot be read."""

from __future__ import annotations

import os
from typing import Any

from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.records import to_plain
from tests.lab.guest.results import create, hand_back, partition, read, run, udev_held, wait_for

BAD_SECTOR = 60_000  # of the partition, in sectors of 512 bytes: well inside the array's data


def unreadable(device: str, size: int) -> str:
    """How far a device can be read, and why no further."""
    handle = os.open(device, os.O_RDONLY)
    done = 0
    try:
        while done < size:
            try:
                done += len(os.read(handle, 65_536))
            except OSError as error:
                return f"{error.strerror} at {done}"
    finally:
        os.close(handle)
    return ""


def trial(metadata: str) -> dict[str, Any]:
    sectors = int(read("/sys/block/sdb/sdb1/size"))
    run("dmsetup", "create", "worn", "--table", f"0 {sectors} dust /dev/sdb1 0 512")
    run("udevadm", "settle")
    create(0, "/dev/mapper/worn", "missing", metadata=metadata)
    run("dmsetup", "message", "worn", "0", "addbadblock", str(BAD_SECTOR))
    run("dmsetup", "message", "worn", "0", "enable")
    run("mdadm", "/dev/md0", "--add", "/dev/sda1")
    wait_for("the end of the recovery", lambda: ended("md0"))
    machine = inspect(Host())
    array = next(a for a in machine.arrays if a.name == "md0")
    worn = read("/sys/block/dm-0/dm/name").strip()
    found = {
        "mdstat": read("/proc/mdstat"),
        "array": to_plain(array),
        "picture": array.picture,
        "degraded": read("/sys/block/md0/md/degraded").strip(),
        "mismatches": read("/sys/block/md0/md/mismatch_cnt").strip(),
        "unreadable": unreadable("/dev/sda1", sectors * 512) or unreadable("/dev/md0", array.size),
        "worn": worn,
    }
    with udev_held():
        run("mdadm", "--stop", "/dev/md0")
        run("mdadm", "--zero-superblock", "/dev/sda1", "/dev/mapper/worn")
    run("dmsetup", "remove", "--retry", "worn")
    run("udevadm", "settle")
    return found


def ended(name: str) -> bool:
    """A recovery that met an error pauses and is tried again: idle must last for a while."""
    idle = read(f"/sys/block/{name}/md/sync_action").strip() == "idle"
    return idle and "recover" not in read("/proc/mdstat")


def main() -> None:
    for disk in ("/dev/sda", "/dev/sdb"):
        partition(disk, "48MiB")
    hand_back({metadata: trial(metadata) for metadata in ("1.2", "0.90")})


main()
