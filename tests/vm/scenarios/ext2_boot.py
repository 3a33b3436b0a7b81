"""ext2 on /boot: no feature is turned on that an old boot loader cannot read."""

from __future__ import annotations

from dataclasses import replace

from tests.vm.convert import convert
from tests.vm.image.spec import BOOT, ROOT, SWAP_PART, Spec

SPEC = Spec("ext2-boot", parts=(replace(BOOT, kind="ext2", label="boot"), ROOT, SWAP_PART))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
