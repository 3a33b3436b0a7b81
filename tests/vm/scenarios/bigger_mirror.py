"""The mirror is larger: the layout is the source's, the rest is shown as free."""

from __future__ import annotations

from tests.vm.commands import BOOTMIRROR
from tests.vm.convert import convert
from tests.vm.image.spec import Spec
from tests.vm.practice import Practice, Second
from tests.vm.proofs import require

SPEC = Spec("bigger-mirror")
MORE = 512  # MiB


def _free_is_shown(practice: Practice) -> None:
    lines = practice.machine.ssh.run(BOOTMIRROR, "status")
    require("free" in lines, f"the rest of the larger disk is not shown as free:\n{lines}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC, second=Second(larger=MORE), after=_free_is_shown)
