"""/boot is full as the initramfs is built the last time: the old image stays, the machine boots.

Room made, the work goes on from there, up to a whole mirror.
"""

from __future__ import annotations

from tests.vm.arrays import source_of
from tests.vm.commands import (
    bootmirror,
    code_in_background,
    conversion,
    in_background,
    plan_and_apply,
    running_step,
    told_in_background,
)
from tests.vm.image.spec import SOURCE_SERIAL
from tests.vm.manifest import Manifest
from tests.vm.practice import practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import prove_mirror, require, wait_until
from tests.vm.ssh import Ssh

APPEARS = ENDS = 900  # seconds
SLOW, FAST = 12_000, 200_000  # KiB/s: /boot is filled while the resync is held up
FILLS = "/boot/fills-it"
STEP = "boot-loader-on-both"


def _images(ssh: Ssh) -> str:
    """Checksum and name of each initramfs."""
    return ssh.run("sh", "-c", "sha256sum /boot/initrd.img-*")


def _speed(ssh: Ssh, most: int) -> None:
    ssh.run("sysctl", "-q", "-w", f"dev.raid.speed_limit_max={most}")


def _failed(ssh: Ssh) -> None:
    """It stops with a sentence, and says what is to be done."""
    with phase("the rest, with /boot full"):
        wait_until(lambda: bool(code_in_background(ssh)), ENDS, "bootmirror did not end")
    code, said = code_in_background(ssh), told_in_background(ssh)
    say("\n".join(said.splitlines()[-6:]))
    require(code == "1", f"it exited with {code}: {said[-2000:]}")
    failed = [s["id"] for s in conversion(ssh)["steps"] if s["state"] == "failed"]
    require(failed == [STEP], f"{failed} failed, not {STEP}")
    require("No space left" in said, "nobody is told that there is no room")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine, ssh = practice.machine, practice.machine.ssh
        with phase("noting every file"):
            noted = Manifest.take(ssh, practice.spec.mounts)
        plan_and_apply(ssh)
        with phase("the first boot from the array"):
            machine.reboot()
        _speed(ssh, SLOW)
        in_background(ssh, "resume", "--erase", SOURCE_SERIAL)
        with phase("waiting for the resync"):
            wait_until(lambda: running_step(ssh) == "resync", APPEARS, "no resync", every=0.5)
        ssh.run("sh", "-c", f"cat /dev/zero >{FILLS} 2>/dev/null || sync")
        before = _images(ssh)
        _speed(ssh, FAST)
        _failed(ssh)
        require(_images(ssh) == before, f"the images were {before} and are {_images(ssh)}")
        with phase("a reboot"):
            machine.reboot()
        require("/md" in source_of(ssh, "/"), "the system is not on the array")
        ssh.run("rm", FILLS)
        bootmirror(ssh, "resume", "--erase", SOURCE_SERIAL)
        require(_images(ssh) != before, "the initramfs was not built once more")
        bootmirror(ssh, "verify")
        return f"the old image stayed; {prove_mirror(practice, noted)}"
