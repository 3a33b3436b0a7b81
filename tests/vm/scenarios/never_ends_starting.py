"""A system in which something never ends starting, and which works all the same: its first boot
from the mirror is confirmed, and a power cut brings the mirror back."""

from __future__ import annotations

from bootmirror.steps.first_boot_units import FALL_BACK, LATE, UNITS
from tests.vm.commands import plan_and_apply
from tests.vm.confirmed import wait_for_confirmation
from tests.vm.mirror_root import edit
from tests.vm.practice import practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import require, require_arrays

RC_LOCAL = "/etc/rc.local"  # rc-local.service waits for its end without a limit


def _impatient(unit: str) -> str:
    return unit.replace(f"-lt {LATE} ]", "-lt 30 ]")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine, disks = practice.machine, [practice.source, practice.mirror]
        machine.ssh.run("sh", "-c", f"printf '#!/bin/sh\\nsleep infinity\\n' > {RC_LOCAL}")
        machine.ssh.run("chmod", "755", RC_LOCAL)
        plan_and_apply(machine.ssh)
        with phase("switching off where it would restart"):
            machine.shut_down()
        edit(practice.mirror.path, f"{UNITS}/{FALL_BACK}", _impatient)
        with phase("the first boot"):
            machine.boot(disks)
        require_arrays(machine, [practice.mirror.serial])
        with phase("the first boot confirms itself"):
            wait_for_confirmation(machine)
        state = machine.ssh.run("sh", "-c", "systemctl is-system-running || true").strip()
        require(state == "starting", f"the system is {state}: nothing kept it from being up")
        machine.power_cut()
        with phase("the power fails; switched on, the old disk first"):
            machine.boot(disks)
        require_arrays(machine, [practice.mirror.serial])
    return "confirmed while rc.local never ends; after a power cut the mirror again"
