"""One file system and swap: /boot is a directory of the root."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import ROOT, SWAP_PART, Spec

SPEC = Spec("single-root", parts=(ROOT, SWAP_PART))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
