"""GPT on a BIOS machine: GRUB's core image in a partition of its own, on each disk."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import BIOS_BOOT_PART, BOOT, ROOT, SWAP_PART, Spec

SPEC = Spec("debian12-bios-gpt", table="gpt", parts=(BIOS_BOOT_PART, BOOT, ROOT, SWAP_PART))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
