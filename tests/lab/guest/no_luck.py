"""What can go wrong with nobody to blame, as a step begins or ends (see whole.py).

    torn:HALF|ZEROS   the worker dies in the middle of writing a record; the rest of the block is
                      missing, or zeros, as some file systems leave it
    edited:FSTAB      the machine's user adds a line to /etc/fstab
    returns:DISK      "source" or "mirror" goes away and comes back under another name
    grows:PLACE       the system grows there until the mirror is too small (growing.py)
    beyond:           a tree comes into being whose paths are longer than PATH_MAX
    rivals:           other bootmirrors are started: each must be refused and change nothing
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bootmirror.engine.lock import at_work, holder
from bootmirror.engine.state import State
from bootmirror.host.own_command import own_command
from tests.lab.guest.growing import GROWN, grows
from tests.lab.guest.hard_tree import PATH_MAX, deep
from tests.lab.guest.results import disk_with, run, wait_for
from tests.vm.manifest import MayDiffer

SERIALS = {"source": "BMLAB-SRC-1", "mirror": "BMLAB-MIR-2"}
FSTAB = Path("/etc/fstab")
EDITS = Path("/run/results/edits")  # a line each; outlives the boots
KEPT = Path("/var/lib/bootmirror/late-files")
BEYOND = "/var/tmp/lab-beyond"
PLAN = Path("/run/rival-plan.json")
REFUSED = 3

BY_USER = (MayDiffer("/etc/fstab", "edited by its user"),
           MayDiffer("/etc", "that edit may be a replacement", "mtime"))


def torn(how: str) -> None:
    """Records are one write each; a power cut tears one, a kill leaves it whole."""
    rest = b'{"time": 1, "kind": "finis' if how == "HALF" else bytes(700)
    with State().journal.open("ab") as file:
        file.write(rest)
        file.flush()
        os.fsync(file.fileno())
    print("torn", how, flush=True)
    os._exit(0)


def edited(_: str) -> None:
    lines = EDITS.read_text().splitlines() if EDITS.exists() else []
    line = f"tmpfs /srv/scratch-{len(lines)} tmpfs noauto,size=1m 0 0"
    with FSTAB.open("a") as file:
        file.write(f"{line}\n")
    EDITS.write_text("".join(f"{each}\n" for each in [*lines, line]))


def edits_allowed() -> tuple[MayDiffer, ...]:
    return BY_USER if EDITS.exists() else ()


def edits_lost() -> list[str]:
    """Lines of the user's that are neither in force nor kept, on a finished mirror."""
    lines = EDITS.read_text().splitlines() if EDITS.exists() else []
    places = (FSTAB, KEPT / "etc/fstab")
    there = "".join(path.read_text() for path in places if path.exists())
    return [f"the user's line {line!r} is gone" for line in lines if line not in there]


def returns(disk: str) -> None:
    """Its old name is held, as by whatever uses it, so it gets a new one."""
    old = disk_with(SERIALS[disk])
    os.open(f"/dev/{old}", os.O_RDONLY)  # held to the end of this process
    Path(f"/sys/block/{old}/device/delete").write_text("1")
    for host in Path("/sys/class/scsi_host").glob("host*/scan"):
        host.write_text("- - -")
    wait_for(f"{disk} under another name",
             lambda: disk_with(SERIALS[disk]) not in ("", old), seconds=60)
    print(f"returns {disk} {old} as {disk_with(SERIALS[disk])}", flush=True)


def beyond(_: str) -> None:
    deep(BEYOND.encode(), PATH_MAX + 600)


def relieve() -> None:
    """What the person does who is told of no room, or of a path that is too long."""
    GROWN.unlink(missing_ok=True)
    run("rm", "-rf", BEYOND)


def rivals(_: str) -> None:
    """While a worker is at work; this process is it."""
    before = State().journal.read_bytes()
    PLAN.write_bytes(State().plan.read_bytes())
    PLAN.chmod(0o600)
    watching = [spawn("resume"), spawn("status")]
    found = [told(words) for words in (
        ("apply", str(PLAN), "--erase", SERIALS["mirror"]), ("undo",), ("worker",),
        ("worker", "--undo"))]
    lost = [f"{words} while a worker is at work ends with {code}: {said}"
            for words, code, said in found if code != REFUSED or not said.strip()]
    if watching[0].poll() is not None:
        lost.append(f"resume does not follow: it ended with {watching[0].returncode}")
    watching[0].kill()
    if watching[1].wait() != 0:
        lost.append(f"status ends with {watching[1].returncode}")
    if State().journal.read_bytes() != before:
        lost.append("a rival wrote into the journal")
    print(f"rivals {len(found)}", flush=True)
    print(f"lost {json.dumps(lost)}", flush=True)


def spawn(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        own_command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True)


def told(words: tuple[str, ...]) -> tuple[str, int, str]:
    """A command, its exit code, what it said."""
    process = spawn(*words)
    said = process.communicate()[1].decode()
    return words[0], process.returncode, said


def wait_for_worker(seconds: float = 60) -> int:
    """The process id of the worker, once there is one."""
    until = time.monotonic() + seconds
    while not at_work(State().lock):
        if time.monotonic() > until:
            raise TimeoutError("no worker appears")
        time.sleep(0.02)
    return int(holder(State().lock) or 0)


# By name; each takes its detail.
NO_LUCK: dict[str, Callable[[str], None]] = {
    "torn": torn, "edited": edited, "returns": returns, "grows": grows,
    "beyond": beyond, "rivals": rivals,
}
