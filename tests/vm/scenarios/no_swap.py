"""No swap at all: nothing is resumed from, and no boot waits for it."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import BOOT, ROOT, Spec

SPEC = Spec("no-swap", parts=(BOOT, ROOT))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
