"""What a script in the lab hands back, and small things all of them need."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

RESULT = Path("/run/results/result.json")
PAGE_HEAD = 4  # bytes before the serial number in SCSI's page of vital product data 0x80


def hand_back(result: dict[str, Any]) -> None:
    """Write what the test on the host compares."""
    RESULT.write_text(json.dumps(result, indent=1))


def run(*argv: str, stdin: str = "", ok: tuple[int, ...] = (0,)) -> str:
    """Run a program; its output. Raises RuntimeError with what it printed."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode not in ok:
        raise RuntimeError(f"{argv} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until a condition holds. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s; {read('/proc/mdstat')}")
        time.sleep(0.02)


def read(path: str) -> str:
    return Path(path).read_text()


def write(path: str, text: str) -> None:
    Path(path).write_text(text)


def disk_with(serial: str) -> str:
    """The kernel name of the disk that has this serial number today; "" when there is none.

    Asks the kernel alone: no program can be run from a disk that has gone.
    """
    for page in Path("/sys/block").glob("*/device/vpd_pg80"):
        with contextlib.suppress(OSError):  # it went this moment
            if page.read_bytes()[PAGE_HEAD:].decode().strip("\0 ") == serial:
                return page.parts[3]
    return ""


def let_udev_see() -> None:
    """Have udev look at every disk and array again: it may miss a write while it looks at one.

    Not at what nobody uses here (ram0, loop0, nbd0 and so on): that takes seconds.
    """
    kinds = ("sd*", "md*", "dm-*")
    run("udevadm", "trigger", "--settle", "--action=change", "--subsystem-match=block",
        *(f"--sysname-match={kind}" for kind in kinds))
    run("udevadm", "settle")


@contextlib.contextmanager
def udev_held() -> Iterator[None]:
    """Keep udev, which starts an array at each write to a member, out of what is done inside."""
    run("udevadm", "settle")
    run("udevadm", "control", "--stop-exec-queue")
    try:
        yield
    finally:
        run("udevadm", "control", "--start-exec-queue")
        run("udevadm", "settle")


def partition(disk: str, *sizes: str) -> None:
    """Give a disk an MBR table with one RAID partition for each size."""
    lines = "".join(f"size={size}, type=fd\n" for size in sizes)
    run("sfdisk", "--quiet", disk, stdin=f"label: dos\n{lines}")
    let_udev_see()


def create(number: int, *members: str, metadata: str = "1.2") -> None:
    """Make and start the array /dev/mdN of RAID-1."""
    bitmap = "none" if metadata == "0.90" else "internal"
    run("mdadm", "--create", f"/dev/md{number}", "--run", "--level=1", "--raid-devices=2",
        f"--metadata={metadata}", f"--bitmap={bitmap}", *members)
