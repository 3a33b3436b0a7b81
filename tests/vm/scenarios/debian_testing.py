"""The release that is coming, as it is today."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import Spec

SPEC = Spec("debian-testing", suite="testing")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
