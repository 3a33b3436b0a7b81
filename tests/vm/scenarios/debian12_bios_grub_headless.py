"""The whole conversion by plan, apply and resume, and its proof."""

from __future__ import annotations

from tests.vm.commands import bootmirror, plan_and_apply
from tests.vm.manifest import Manifest
from tests.vm.practice import practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import prove_mirror


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("noting every file"):
            before = Manifest.take(machine.ssh, practice.spec.mounts)
        plan_and_apply(machine.ssh)
        with phase("the first boot from the array"):
            machine.reboot()
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        bootmirror(machine.ssh, "verify")
        return prove_mirror(practice, before)
