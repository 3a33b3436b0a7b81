"""A disk is pulled out of the running machine: the mirror in the copy, the old disk in the resync.

Each time bootmirror stops with a sentence, the machine goes on from the other disk, and nothing is
lost. Put back at the next boot, the disk is taken up again, up to a whole mirror.
"""

from __future__ import annotations

import time

from tests.vm.arrays import source_of
from tests.vm.commands import (
    PLAN,
    bootmirror,
    code_in_background,
    conversion,
    in_background,
    plan,
    running_step,
    told_in_background,
)
from tests.vm.image.spec import MIRROR_SERIAL, SOURCE_SERIAL
from tests.vm.manifest import Manifest
from tests.vm.practice import Practice, practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import (
    CONVERTED,
    SOURCE_UNTOUCHED,
    compare_files,
    prove_alone,
    require,
    require_alike,
    wait_until,
)

APPEARS = 600  # seconds until a step is at work
ENDS = 600  # seconds until bootmirror has noticed
SLOW = 12_000  # KiB/s: a resync that is still at work when the disk is pulled
SOURCE, MIRROR = 0, 1  # their places in the machine


def _pulled(practice: Practice, disk: int, step: str) -> str:
    """Pull a disk out while that step is at work; what bootmirror then says."""
    ssh = practice.machine.ssh
    with phase(f"{step} begins"):
        wait_until(lambda: running_step(ssh) == step, APPEARS, f"{step} did not begin", every=0.5)
    time.sleep(2)
    practice.machine.pull_disk(disk)
    say(f"disk {disk} is pulled out")
    with phase("bootmirror notices"):
        wait_until(lambda: bool(code_in_background(ssh)), ENDS, "bootmirror did not notice")
    code = code_in_background(ssh)
    said = told_in_background(ssh)
    say("\n".join(said.splitlines()[-4:]))
    require(code == "1", f"it exited with {code}: {said[-2000:]}")
    found = conversion(ssh)
    say(f"{found['phase']}: {found['headline']}")
    failed = [s["id"] for s in found["steps"] if s["state"] == "failed"]
    require(failed == [step], f"{failed} failed, not {step}")
    return str(found["headline"])


def _put_back(practice: Practice) -> None:
    machine = practice.machine
    machine.shut_down()
    with phase("booting with both disks again"):
        machine.boot([practice.source, practice.mirror])


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("noting every file"):
            noted = Manifest.take(machine.ssh, practice.spec.mounts)
        plan(machine.ssh)
        in_background(machine.ssh, "apply", PLAN, "--erase", MIRROR_SERIAL)
        _pulled(practice, MIRROR, "copy-system")
        compare_files(machine, noted, SOURCE_UNTOUCHED, "without the mirror")
        _put_back(practice)
        bootmirror(machine.ssh, "resume", "--erase", MIRROR_SERIAL, code=4)
        with phase("the first boot from the array"):
            machine.reboot()
        machine.ssh.run("sysctl", "-q", "-w", f"dev.raid.speed_limit_max={SLOW}")
        in_background(machine.ssh, "resume", "--erase", SOURCE_SERIAL)
        headline = _pulled(practice, SOURCE, "resync")
        require("alone holds the system" in headline, "which disk is the only one is not said")
        require("/md" in source_of(machine.ssh, "/"), "the system is not on the array")
        compare_files(machine, noted, CONVERTED, "without the old disk")
        _put_back(practice)
        bootmirror(machine.ssh, "resume", "--erase", SOURCE_SERIAL)
        require_alike(machine.ssh)
        bootmirror(machine.ssh, "verify")
        return prove_alone(practice, noted)
