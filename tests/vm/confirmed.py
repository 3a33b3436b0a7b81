"""Waiting until a machine has confirmed its first boot from the mirror by itself."""

from __future__ import annotations

from tests.vm.commands import conversion
from tests.vm.machine import Machine
from tests.vm.proofs import wait_until

CONFIRM_SECONDS = 180  # it takes about 20 s


def wait_for_confirmation(machine: Machine) -> None:
    """Nobody runs bootmirror: the machine notes by itself that it runs from the mirror.

    Raises ProofError.
    """
    wait_until(lambda: _confirmed(machine), CONFIRM_SECONDS, "the first boot was not confirmed",
               every=2.0)


def _confirmed(machine: Machine) -> bool:
    found = conversion(machine.ssh)
    steps = {step["id"]: step["state"] for step in found["steps"]}
    return found.get("phase") == "rebooted" and steps["confirm-first-boot"] == "finished"
