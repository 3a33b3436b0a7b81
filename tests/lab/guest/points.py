"""Faults brought about one at a time on a finished mirror, and what verify says of each.

    points.py faults   the good mirror; each fault with what did not hold, mended before the next
    points.py left     what the commands say as the machine is: one disk may be missing
    points.py planned  every point by the plan of guest/steps.py, with whether it holds
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bootmirror.cli.entry import main as bootmirror
from bootmirror.engine.live import LiveSession
from bootmirror.host.host import Host
from bootmirror.steps.monitor import StartMonitor, running_monitor
from bootmirror.steps.verify import verify_checks
from tests.lab.guest.results import hand_back, let_udev_see, run, wait_for
from tests.lab.guest.signatures import raid_superblock
from tests.lab.guest.steps import PrintedReport, the_plan

CONF, FSTAB = Path("/etc/mdadm/mdadm.conf"), Path("/etc/fstab")
RESUME = Path("/etc/initramfs-tools/conf.d/resume")
ANSWERS = Path("/var/cache/debconf/config.dat")
NOWHERE = "UUID=dead0000-0000-4000-8000-000000000000"


@contextlib.contextmanager
def kept(path: Path) -> Iterator[str]:
    """A file's text; it is as it was afterwards, its time too."""
    text, times = path.read_text(), path.stat()
    try:
        yield text
    finally:
        put(path, text)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def put(path: Path, text: str) -> None:
    """Change a file and not its time: the initramfs must not seem older than it."""
    times = path.stat()
    path.write_text(text)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextlib.contextmanager
def bytes_on(device: str, offset: int, data: bytes) -> Iterator[None]:
    """Other bytes on a device for a while."""
    was = swapped(device, offset, data)
    try:
        yield
    finally:
        swapped(device, offset, was)


def swapped(device: str, offset: int, data: bytes) -> bytes:
    handle = os.open(device, os.O_RDWR)
    try:
        was = os.pread(handle, len(data), offset)
        os.pwrite(handle, data, offset)
        os.fsync(handle)
    finally:
        os.close(handle)
    let_udev_see()
    return was


@contextlib.contextmanager
def old_filesystem() -> Iterator[None]:
    """An ext4 from before sdb2 was a member, which md's own superblock at 4 KiB left standing."""
    with Path("/dev/md0").open("rb") as array:
        array.seek(1024)
        start = array.read(1024)
    with bytes_on("/dev/sdb2", 1024, start):
        yield


@contextlib.contextmanager
def old_superblock() -> Iterator[None]:
    """The whole disk was a member once."""
    with bytes_on("/dev/sda", *raid_superblock("/dev/sda")):
        yield


@contextlib.contextmanager
def image_of(path: Path, change: Callable[[str], str]) -> Iterator[None]:
    """An initramfs that was built while a file read otherwise."""
    with kept(path) as text:
        put(path, change(text))
        run("update-initramfs", "-u", "-k", "all")
        put(path, text)
        try:
            yield
        finally:
            run("update-initramfs", "-u", "-k", "all")


@contextlib.contextmanager
def image_torn() -> Iterator[None]:
    image = next(Path("/boot").glob("initrd.img-*"))
    whole = image.read_bytes()
    image.write_bytes(whole[:-40])
    try:
        yield
    finally:
        image.write_bytes(whole)


@contextlib.contextmanager
def changed(path: Path, change: Callable[[str], str]) -> Iterator[None]:
    with kept(path) as text:
        put(path, change(text))
        yield


@contextlib.contextmanager
def other_swap() -> Iterator[None]:
    uuid = run("blkid", "--probe", "--match-tag", "UUID", "--output", "value", "/dev/sda3").strip()
    run("swapoff", "/dev/sda3")
    run("mkswap", "/dev/sda3")
    let_udev_see()
    try:
        yield
    finally:
        run("mkswap", "--uuid", uuid, "/dev/sda3")
        let_udev_see()


@contextlib.contextmanager
def no_monitor() -> Iterator[None]:
    os.kill(int(running_monitor(Host())), 9)
    wait_for("the monitor's end", lambda: not running_monitor(Host()))
    try:
        yield
    finally:
        StartMonitor().perform(Host(), PrintedReport())


@contextlib.contextmanager
def degraded() -> Iterator[None]:
    run("mdadm", "/dev/md0", "--fail", "/dev/sda2", "--remove", "/dev/sda2")
    try:
        yield
    finally:
        run("mdadm", "/dev/md0", "--re-add", "/dev/sda2")
        wait_for("the half to be in sync", lambda: synced("md0"), 60)


def synced(name: str) -> bool:
    place = Path(f"/sys/block/{name}/md")
    return (place.joinpath("degraded").read_text().strip() == "0"
            and place.joinpath("sync_action").read_text().strip() == "idle")


@contextlib.contextmanager
def bad_sector() -> Iterator[None]:
    """md takes no bad place back: so this comes last."""
    Path("/sys/block/md1/md/dev-sdb1/bad_blocks").write_text("2048 8\n")
    yield


FAULTS: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "old file system on a member": old_filesystem,
    "old superblock on a disk": old_superblock,
    "other arrays in the initramfs": lambda: image_of(
        CONF, lambda text: text.replace("UUID=", "UUID=0", 1)),
    "a resume device that is gone": lambda: image_of(RESUME, lambda _: f"RESUME={NOWHERE}\n"),
    "a torn initramfs": image_torn,
    "fstab names what is not there": lambda: changed(
        FSTAB, lambda text: f"{text}{NOWHERE} /srv ext4 defaults 0 2\n"),
    "fstab names the old disk": lambda: changed(FSTAB, lambda text: (
        f"{text}UUID=22222222-aaaa-4aaa-8aaa-000000000002 /srv ext4 noauto 0 2\n")),
    "an array is not in mdadm.conf": lambda: image_of(CONF, lambda text: "".join(
        line for line in text.splitlines(keepends=True) if "/dev/md1" not in line)),
    "nobody is named": lambda: changed(CONF, lambda text: text.replace("MAILADDR", "#MAILADDR")),
    "debconf knows one disk": lambda: changed(ANSWERS, lambda text: text.replace(
        next(word for word in text.split() if word.startswith("/dev/disk")), "").replace(
        "Value: ,", "Value:")),
    "core.img torn on sda": lambda: bytes_on("/dev/sda", 1024 + 5, b"\xff\xff"),
    "no boot sector on sdb": lambda: bytes_on("/dev/sdb", 0, bytes(440)),
    "another boot.img on sdb": lambda: bytes_on("/dev/sdb", 390, b"2.04"),
    "another swap area": other_swap,
    "no monitor": no_monitor,
    "a half is missing": degraded,
    "a bad sector": bad_sector,
}


def failing() -> dict[str, str]:
    """What does not hold, by name."""
    plan = LiveSession().approved()
    assert plan is not None
    return {check.name: check.detail for check in verify_checks(Host(), plan) if not check.ok}


def faults() -> None:
    found = {"at first": failing()}
    StartMonitor().perform(Host(), PrintedReport())
    wait_for("the monitor", lambda: bool(running_monitor(Host())))
    found["good"] = failing()
    for name, fault in FAULTS.items():
        began = time.monotonic()
        with fault():
            found[name] = failing()
        print(f"{name}: {found[name]} {time.monotonic() - began:.1f} s", flush=True)
    hand_back(found)


def left() -> None:
    told = {}
    for words in (("verify",), ("verify", "--json")):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            code = bootmirror(list(words))
        told[" ".join(words)] = {"code": code, "output": output.getvalue()}
    hand_back(told)


def planned() -> None:
    hand_back({check.name: [check.ok, check.detail]
               for check in verify_checks(Host(), the_plan())})


if __name__ == "__main__":
    {"faults": faults, "left": left, "planned": planned}[sys.argv[1]]()
