"""dracut in place of initramfs-tools."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import Spec

SPEC = Spec("dracut", tool="dracut")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
