"""Machines that are refused, made from the recorded one; each with words of its sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bootmirror.machine.model import Array, Machine, Member, Mount
from bootmirror.machine.recording import load_machine

RECORDED = Path(__file__).with_name("debian12-bios-grub.json")


def _root(machine: Machine, source: str, fstype: str = "ext4") -> Machine:
    mounts = tuple(replace(m, source=source, fstype=fstype) if m.target == "/" else m
                   for m in machine.mounts)
    return replace(machine, mounts=mounts)


def _mounts(machine: Machine, *more: Mount) -> Machine:
    return replace(machine, mounts=(*machine.mounts, *more))


def refused_machines() -> dict[str, tuple[Machine, str]]:
    """By name: the machine, and words that its refusal must hold."""
    plain = load_machine(RECORDED.read_text())
    array = Array("md0", "/dev/md0", "a" * 8, "raid1", "1.2", 1 << 30, 2,
                  (Member("sdb2", 0, "in_sync"),), "clean")
    crypttab = "sdb2_crypt UUID=1b1e none luks\n"
    mirror = next(d for d in plain.disks if d.id == "PM-0002-B")
    four = replace(mirror, sector_size=4096, physical_sector_size=4096)
    return {
        "luks": (replace(_root(plain, "/dev/mapper/sdb2_crypt"),
                         mapped=(("/dev/mapper/sdb2_crypt", "crypt"),),
                         files=(*plain.files, ("/etc/crypttab", crypttab))),
                 "encrypted device /dev/mapper/sdb2_crypt (LUKS), which crypttab opens on "
                 "UUID=1b1e"),
        "btrfs": (_root(plain, "/dev/sdb2[/@rootfs]", "btrfs"), "is btrfs, which mirrors by"),
        "zfs": (_root(plain, "rpool/ROOT/debian", "zfs"), "is ZFS, which mirrors by itself"),
        "multipath": (replace(_root(plain, "/dev/mapper/mpatha-part2"),
                              mapped=(("/dev/mapper/mpatha-part2", "mpath"),)),
                      "multipath device /dev/mapper/mpatha-part2"),
        "root-on-md": (replace(_root(plain, "/dev/md0"), arrays=(array,)),
                       "on the array /dev/md0 already"),
        "live": (replace(plain, environment="live"), "a live system, not an installed machine"),
        "container": (replace(plain, environment="container"), "a container, not an installed"),
        "sectors-of-4-kib": (replace(plain, disks=tuple(
            four if d is mirror else d for d in plain.disks)),
            "has sectors of 4096 bytes, sdb of 512"),
    }
