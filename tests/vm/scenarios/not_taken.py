"""The boot from the mirror is chosen, and nobody reboots: an hour later it is taken back.

A restart then starts the old system, which has what was written meanwhile; gone on with, the mirror
has it too.
"""

from __future__ import annotations

import time

from tests.vm.arrays import source_of
from tests.vm.commands import bootmirror, conversion, plan_and_apply
from tests.vm.practice import practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import require, require_arrays
from tests.vm.ssh import Ssh

SECONDS = 120  # for the timer's process to do its work
MEANWHILE = "/var/tmp/written-meanwhile"


def an_hour_goes_by(ssh: Ssh) -> None:
    """What the timer would start is started now. Raises ProofError."""
    timers = ssh.run("systemctl", "list-units", "--plain", "--no-legend", "--type=timer",
                     "bootmirror-take-back-*").split()
    require(bool(timers), "nothing waits to take the boot back")
    ssh.run("systemctl", "start", timers[0].replace(".timer", ".service"))
    until = time.monotonic() + SECONDS
    while conversion(ssh)["phase"] in ("reboot", "running"):
        require(time.monotonic() < until, "the boot is not taken back")
        time.sleep(1)
    said = str(conversion(ssh)["headline"])
    require(said.startswith("Nobody rebooted"), f"it says: {said}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine = practice.machine
        plan_and_apply(machine.ssh)
        machine.ssh.run("touch", MEANWHILE)
        with phase("an hour goes by"):
            an_hour_goes_by(machine.ssh)
        with phase("a restart that bootmirror is not asked for"):
            machine.reboot()
        require("/md" not in source_of(machine.ssh, "/"), "the mirror started with its old copy")
        bootmirror(machine.ssh, "resume", code=4)
        with phase("the first boot from the array"):
            machine.reboot()
        require_arrays(machine, [practice.mirror.serial])
        machine.ssh.run("test", "-e", MEANWHILE)
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        bootmirror(machine.ssh, "verify")
    return "taken back; the old system started; then the mirror, with what was written meanwhile"
