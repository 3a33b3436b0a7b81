"""The mirror is smaller: the root shrinks to fit it; where it cannot, that is said in numbers."""

from __future__ import annotations

from tests.vm.commands import refused_plan
from tests.vm.convert import convert
from tests.vm.image.spec import Spec
from tests.vm.practice import Practice, Second, practice_machine
from tests.vm.proofs import require

SPEC = Spec("smaller-mirror")
FITS, TOO_SMALL = -300, -1500  # MiB


def _shrinks(practice: Practice) -> None:
    size = int(practice.machine.ssh.run("findmnt", "--bytes", "-no", "SIZE", "/"))
    largest = (SPEC.parts[1].mib + FITS) << 20
    require(size < largest, f"/ has {size} bytes, more than the {largest} the mirror has for it")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine(SPEC, Second(larger=TOO_SMALL)) as practice:
        said = refused_plan(practice.machine.ssh)
        require("too small" in said and "bytes" in said, f"no numbers in: {said}")
    return convert(SPEC, second=Second(larger=FITS), after=_shrinks)
