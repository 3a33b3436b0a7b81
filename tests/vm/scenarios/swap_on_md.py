"""Swap on an array of its own: the machine goes on when a disk with swapped pages dies."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import Spec
from tests.vm.practice import Practice
from tests.vm.proofs import require

SPEC = Spec("swap-on-md")


def _swaps_on_md(practice: Practice) -> None:
    shown = practice.machine.ssh.run("swapon", "--show=NAME", "--noheadings").split()
    require(len(shown) == 1 and shown[0].startswith("/dev/md"), f"swap is on {shown}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC, plan=("--set", "swap=md"), after=_swaps_on_md)
