"""Swap in a file, which is made anew in the copy."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import BOOT, ROOT, Spec

SPEC = Spec("swap-file", parts=(BOOT, ROOT), swap_file=64)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
