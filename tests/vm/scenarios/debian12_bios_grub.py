"""The whole conversion from the full screen over SSH, 80x24, keys alone, and its proof."""

from __future__ import annotations

from tests.vm.convert import convert_by_screen
from tests.vm.image.spec import PRACTICE
from tests.vm.proofs import prove_mirror


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError, ScreenError."""
    return convert_by_screen(PRACTICE, prove=prove_mirror)
