"""Tries host.identity and write_table on devices that are, and are not, to be written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bootmirror.actions.disks import Blank
from bootmirror.errors import BootmirrorError
from bootmirror.host.boot_code import hand_on
from bootmirror.host.host import Host
from bootmirror.host.identity import held, make_sure, make_sure_unused
from bootmirror.host.partitions import NewPartition, set_types, write_table
from bootmirror.machine.inspect import inspect
from bootmirror.records import to_plain
from tests.lab.guest.results import create, hand_back, partition, read, run, udev_held
from tests.lab.guest.steps import PrintedReport
from tests.mutations import switch

MIB = 1 << 20
LAYOUT = (
    NewPartition(1, MIB, 48 * MIB, ("raid", "boot")),
    NewPartition(2, 49 * MIB, 100 * MIB, ("raid",)),
    NewPartition(3, 149 * MIB, 24 * MIB, ("swap",)),
)


def verdict(attempt: Callable[[], object]) -> str:
    """ "" when it was allowed, else what was said."""
    try:
        attempt()
    except BootmirrorError as error:
        return f"{type(error).__name__}: {error.message}"
    return ""


def first_mebibyte(path: str) -> str:
    with Path(path).open("rb") as disk:
        return hashlib.sha256(disk.read(MIB)).hexdigest()


def _start(path: str, size: int) -> bytes:
    with Path(path).open("rb") as disk:
        return disk.read(size)


def hold(path: str, devno: str, size: int) -> None:
    with held(path, devno, size) as handle:
        os.pread(handle, 512, 0)


def main() -> None:
    switch.apply_chosen()
    host = Host()
    a, b = inspect(host).disks
    found: dict[str, Any] = {"size": a.size, "devno": a.devno}

    def write(disk: str = "/dev/sda") -> str:
        wanted = a if disk == a.path else b
        code = hand_on("44332211")
        return verdict(lambda: write_table(disk, wanted.devno, wanted.size, table="msdos",
                                           partitions=LAYOUT, boot_code=code))

    found["free"] = verdict(lambda: hold(a.path, a.devno, a.size))
    found["wrong size"] = verdict(lambda: hold(a.path, a.devno, a.size - 512))
    found["wrong number"] = verdict(lambda: hold(a.path, b.devno, a.size))
    found["made sure"] = verdict(lambda: make_sure(a.path, a.devno, a.size))
    found["not sure"] = verdict(lambda: make_sure(a.path, "8:240", a.size))
    found["not a device"] = verdict(lambda: hold("/proc/mdstat", a.devno, a.size))
    link = a.by_id[0]
    found["a link"] = verdict(lambda: hold(link, a.devno, a.size))

    found["first table"] = write()
    run("udevadm", "settle")
    found["table"] = to_plain(inspect(host).disks[0])
    found["kernel"] = {n: read(f"/sys/block/sda/sda{n}/size").strip() for n in (1, 2, 3)}
    found["same table again"] = write()
    with Path(a.path).open("rb") as disk:
        found["boot code"] = disk.read(512).hex()
    found["unused"] = verdict(lambda: make_sure_unused("/dev/sda1"))

    run("mkfs.ext4", "-q", "/dev/sda1")
    run("mount", "/dev/sda1", "/mnt")
    found["mounted"] = verdict(lambda: hold(a.path, a.devno, a.size))
    found["table while mounted"] = write()
    found["partition while mounted"] = verdict(lambda: make_sure_unused("/dev/sda1", 0.3))
    run("umount", "/mnt")

    run("mkswap", "/dev/sda3")
    run("swapon", "/dev/sda3")
    found["swap"] = verdict(lambda: hold(a.path, a.devno, a.size))
    run("swapoff", "/dev/sda3")

    partition("/dev/sdb", "32MiB")
    create(7, "/dev/sdb1", "missing")
    found["array member"] = verdict(lambda: hold(b.path, b.devno, b.size))
    found["table of a member"] = write("/dev/sdb")
    found["members still there"] = "sdb1[0]" in read("/proc/mdstat")
    # Udev may look at the new member only now, and would start the array again between the two.
    with udev_held():
        run("mdadm", "--stop", "/dev/md7")
        run("mdadm", "--zero-superblock", "/dev/sdb1")

    run("dmsetup", "create", "lin", "--table", "0 2048 linear /dev/sdb1 0")
    found["mapped"] = verdict(lambda: hold(b.path, b.devno, b.size))
    found["partition while mapped"] = verdict(lambda: make_sure_unused("/dev/sdb1", 0.3))
    run("dmsetup", "remove", "--retry", "lin")
    run("blockdev", "--setro", "/dev/sdb")
    before = first_mebibyte("/dev/sdb")
    found["read-only"] = write("/dev/sdb")
    run("blockdev", "--setrw", "/dev/sdb")
    run("blockdev", "--flushbufs", "/dev/sdb")
    found["read-only disk kept"] = first_mebibyte("/dev/sdb") == before
    found["free again"] = verdict(lambda: hold(b.path, b.devno, b.size))

    with held(b.path, b.devno, b.size) as disk_b:  # as on a machine that starts with UEFI
        os.pwrite(disk_b, bytes(440), 0)
    was = _start(b.path, 446)
    only = inspect(host).disks[1].partitions[0]
    set_types(b.path, b.devno, b.size, [NewPartition(1, only.start, only.size, ("raid",))])
    run("udevadm", "settle")  # the type is told by udev
    found["identifier"] = [was.hex(), _start(b.path, 446).hex()]
    found["type"] = inspect(host).disks[1].partitions[0].type

    # Boot code that Linux takes for an Atari's table, once the sector has no signature.
    atari = bytes(0x1C6) + b"\1GEM" + (2048).to_bytes(4, "big") + (16384).to_bytes(4, "big")
    with held(b.path, b.devno, b.size) as disk_b:
        os.pwrite(disk_b, atari, 0)
    found["blanked"] = verdict(lambda: Blank.of(b).perform(host, PrintedReport()))
    run("udevadm", "settle")
    found["blank"] = not any(_start(b.path, MIB))
    found["partitions of it"] = [p.name for p in inspect(host).disks[1].partitions]

    def active(wanted: bool) -> bool:
        write_table(b.path, b.devno, b.size, table="gpt", boot_code=hand_on("44332211"),
                    partitions=[NewPartition(1, MIB, 48 * MIB, ("raid",))], pmbr_boot=wanted)
        run("udevadm", "settle")
        return inspect(host).disks[1].pmbr_boot

    found["active"] = [active(False), active(True)]
    one = inspect(host).disks[1].partitions[0]
    set_types(b.path, b.devno, b.size, [NewPartition(1, one.start, one.size, ("raid",))])
    run("udevadm", "settle")
    found["active kept"] = inspect(host).disks[1].pmbr_boot
    hand_back(found)


main()
