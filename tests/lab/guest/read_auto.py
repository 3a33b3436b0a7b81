"""A swap array cut off in its resync, assembled as Debian does: waiting for it has it go on.

Twice: in the recovery of a half that was added, and in the first resync of both.
"""

from __future__ import annotations

from typing import Any

from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.records import to_plain
from bootmirror.steps.resync import WaitForSync
from tests.lab.guest.results import (
    create,
    hand_back,
    partition,
    read,
    run,
    udev_held,
    wait_for,
    write,
)

START_RO = "/sys/module/md_mod/parameters/start_ro"
LIMITS = "/proc/sys/dev/raid"
OLD, NEW = "/dev/sda1", "/dev/sdb1"


class Told:
    """A report that keeps its last word."""

    said = ""

    def progress(self, done: int, total: int, **_rest: object) -> None: ...
    def note(self, text: str) -> None: ...

    def result(self, text: str) -> None:
        self.said = text


def look() -> dict[str, Any]:
    (array,) = inspect(Host()).arrays
    return {"array": to_plain(array), "picture": array.picture, "mdstat": read("/proc/mdstat")}


def slowly() -> None:
    """Every array, from its start on."""
    write(f"{LIMITS}/speed_limit_min", "100")
    write(f"{LIMITS}/speed_limit_max", "500")


def assembled() -> dict[str, Any]:
    """As after a power cut."""
    run("mdadm", "--stop", "/dev/md0")
    run("mdadm", "--assemble", "--run", "/dev/md0", OLD, NEW)
    return look()


def waited() -> dict[str, Any]:
    (array,) = inspect(Host()).arrays
    report = Told()
    WaitForSync((array.uuid,), (array.name,)).perform(Host(), report)
    return {**look(), "said": report.said}


def emptied() -> None:
    run("mdadm", "--stop", "/dev/md0")
    run("mdadm", "--zero-superblock", OLD, NEW)


def main() -> None:
    for disk in ("/dev/sda", "/dev/sdb"):
        partition(disk, "48MiB")
    slowly()
    seen: dict[str, Any] = {}
    with udev_held():
        create(0, NEW, "missing")
        run("mdadm", "/dev/md0", "--add", OLD)
        wait_for("the recovery", lambda: "recovery =" in read("/proc/mdstat"))
        write(START_RO, "1")
        seen["recovery"] = {"before": assembled(), "after": waited()}
        emptied()
        write(START_RO, "0")
        create(0, NEW, OLD)
        wait_for("the resync", lambda: "resync =" in read("/proc/mdstat"))
        write(START_RO, "1")
        seen["resync"] = {"before": assembled(), "after": waited()}
        emptied()
        # A half that is added to one that nobody has written to: mdadm itself has it go on.
        write(START_RO, "0")
        create(0, NEW, "missing")
        run("mdadm", "--stop", "/dev/md0")
        write(START_RO, "1")
        run("mdadm", "--assemble", "--run", "/dev/md0", NEW)
        before = look()
        run("mdadm", "/dev/md0", "--add", OLD)
        wait_for("the recovery", lambda: "recovery =" in read("/proc/mdstat"))
        seen["added"] = {"before": before, "after": waited()}
    hand_back(seen)


main()
