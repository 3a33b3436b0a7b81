"""XFS on /, which is made and read by GRUB as its own kind."""

from __future__ import annotations

from dataclasses import replace

from tests.vm.convert import convert
from tests.vm.image.spec import BOOT, ROOT, SWAP_PART, Spec

SPEC = Spec("xfs-root", parts=(BOOT, replace(ROOT, kind="xfs", label="system"), SWAP_PART))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
