"""Debian 13, with its own mdadm, GRUB, rsync, Python."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import Spec

SPEC = Spec("debian13", suite="trixie")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
