"""NVMe disks, with a "p" in partition names; and one whose sectors do not go with the source."""

from __future__ import annotations

from tests.vm.commands import refused_plan
from tests.vm.convert import convert
from tests.vm.image.spec import Spec
from tests.vm.practice import Second, practice_machine
from tests.vm.proofs import require

SPEC = Spec("nvme", bus="nvme")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine(SPEC, Second(sector=4096)) as practice:
        said = refused_plan(practice.machine.ssh)
        require("4096" in said and "512" in said, f"nothing about the sectors in: {said}")
    return convert(SPEC)
