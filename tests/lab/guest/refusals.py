"""Puts the disks into every state that bootmirror refuses, and keeps what it says.

sda is the small server's own disk, sdb the mirror, sdc is small, and sdd answers to sdc's serial
number.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bootmirror.host.host import Host
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.inspect import inspect
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals
from bootmirror.records import to_plain
from tests.lab.guest import signatures
from tests.lab.guest.results import create, hand_back, let_udev_see, partition, run, udev_held

# The host's /etc is read-only in the lab.
QUIET_LVM = "backup{backup=0 archive=0}"

State = Callable[[], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def nothing() -> Iterator[None]:
    yield


@contextlib.contextmanager
def mounted() -> Iterator[None]:
    run("mkfs.ext4", "-q", "-F", "/dev/sdb1")
    # Read-only: else the kernel itself writes to it now and then (lazy inode tables, the journal).
    run("mount", "-o", "ro", "/dev/sdb1", "/mnt")
    yield
    run("umount", "/mnt")
    run("wipefs", "--all", "--quiet", "/dev/sdb1")


@contextlib.contextmanager
def swapped() -> Iterator[None]:
    run("mkswap", "/dev/sdb1")
    run("swapon", "/dev/sdb1")
    yield
    run("swapoff", "/dev/sdb1")
    run("wipefs", "--all", "--quiet", "/dev/sdb1")


@contextlib.contextmanager
def in_array() -> Iterator[None]:
    create(9, "/dev/sdb1", "missing")
    yield
    with udev_held():
        run("mdadm", "--stop", "/dev/md9")
        run("mdadm", "--zero-superblock", "/dev/sdb1")


@contextlib.contextmanager
def lvm() -> Iterator[None]:
    """A volume of a group on the mirror, mounted."""
    with volume_group("/dev/sdb1"):
        run("mkfs.ext4", "-q", "-F", "/dev/vg9/data")
        run("mount", "-o", "ro", "/dev/vg9/data", "/mnt")
        yield
        run("umount", "/mnt")


@contextlib.contextmanager
def lvm_elsewhere_too() -> Iterator[None]:
    """A group that nobody uses, but half of it is on another disk."""
    with volume_group("/dev/sdb1", "/dev/sdc"):
        yield


@contextlib.contextmanager
def volume_group(*devices: str) -> Iterator[None]:
    run("lvm", "vgcreate", "-q", "--config", QUIET_LVM, "vg9", *devices)
    run("lvm", "lvcreate", "-q", "-y", "--config", QUIET_LVM, "-L", "40m", "-n", "data", "vg9")
    yield
    run("lvm", "vgremove", "-q", "-f", "--config", QUIET_LVM, "vg9")
    for device in devices:
        run("lvm", "pvremove", "-q", device)


@contextlib.contextmanager
def luks() -> Iterator[None]:
    signatures.write_luks("/dev/sdb1")
    yield
    run("wipefs", "--all", "--quiet", "/dev/sdb1")


@contextlib.contextmanager
def mapped() -> Iterator[None]:
    run("dmsetup", "create", "lin", "--table", "0 2048 linear /dev/sdb1 0")
    yield
    run("dmsetup", "remove", "--retry", "lin")


@contextlib.contextmanager
def read_only() -> Iterator[None]:
    run("blockdev", "--setro", "/dev/sdb")
    yield
    run("blockdev", "--setrw", "/dev/sdb")


@contextlib.contextmanager
def without_mdadm() -> Iterator[None]:
    """Programs lie on a layer of their own in the lab: the host's are not touched."""
    path = Path("/usr/sbin/mdadm")
    kept = path.read_bytes()
    path.unlink()
    yield
    path.write_bytes(kept)
    path.chmod(0o755)


@contextlib.contextmanager
def removable() -> Iterator[None]:
    run("modprobe", "scsi_debug", "removable=1", "dev_size_mb=16")
    run("udevadm", "settle")
    yield
    run("modprobe", "--remove", "scsi_debug")


STATES: dict[str, tuple[State, str, str]] = {  # name: state, source, mirror
    "nothing wrong": (nothing, "sda", "sdb"),
    "same disk twice": (nothing, "sda", "sda"),
    "mounted": (mounted, "sda", "sdb"),
    "swap": (swapped, "sda", "sdb"),
    "array member": (in_array, "sda", "sdb"),
    "lvm": (lvm, "sda", "sdb"),
    "lvm elsewhere too": (lvm_elsewhere_too, "sda", "sdb"),
    "crypt": (luks, "sda", "sdb"),
    "mapped": (mapped, "sda", "sdb"),
    "read-only": (read_only, "sda", "sdb"),
    "too small": (removable, "sda", "sde"),
    "same identity": (nothing, "sda", "sdc"),
    "not the root": (nothing, "sdb", "sda"),
    "missing program": (without_mdadm, "sda", "sdb"),
    "removable": (removable, "sda", "sde"),
    "unknown disk": (nothing, "sda", "sdz"),
}


def refusals(source: str, mirror: str) -> list[Refusal]:
    machine = inspect(Host())
    return [
        *machine_refusals(machine),
        *source_refusals(machine, source),
        *mirror_refusals(machine, source, mirror),
    ]


def as_nobody(source: str, mirror: str) -> list[dict[str, Any]]:
    """What an ordinary user is told."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setgid(65534)
        os.setuid(65534)
        told = json.dumps([to_plain(r) for r in refusals(source, mirror)])
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told_bytes = pipe.read()
    os.wait()
    found: list[dict[str, Any]] = json.loads(told_bytes)
    return found


def digest(path: str) -> str:
    """A disk's content, as it is on the disk: caches are written out and dropped first."""
    run("blockdev", "--flushbufs", path, ok=(0, 1))
    with Path(path).open("rb") as disk:
        return hashlib.file_digest(disk, "sha1").hexdigest()


def written(path: str) -> int:
    """Sectors written to a disk since it appeared (the kernel's own count)."""
    os.sync()
    return int(Path(f"/sys/block/{path.removeprefix('/dev/')}/stat").read_text().split()[6])


def main() -> None:
    partition("/dev/sdb", "96MiB", "96MiB")
    found: dict[str, Any] = {}
    for name, (state, source, mirror) in STATES.items():
        with state():
            let_udev_see()
            os.sync()
            before = (digest("/dev/sdb"), written("/dev/sdb"))
            told = [to_plain(refusal) for refusal in refusals(source, mirror)]
            after = (digest("/dev/sdb"), written("/dev/sdb"))
        found[name] = {"told": told, "before": before, "after": after}
    found["not root"] = {"told": as_nobody("sda", "sdb"), "before": before, "after": before}
    hand_back(found)


if __name__ == "__main__":
    main()
