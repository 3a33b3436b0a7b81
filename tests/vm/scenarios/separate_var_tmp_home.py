"""Five file systems, most of them logical partitions in an extended one."""

from __future__ import annotations

from dataclasses import replace

from tests.vm.convert import convert
from tests.vm.image.spec import BOOT, EXTENDED, ROOT, SWAP, Part, Spec

SPEC = Spec("separate-var-tmp-home", parts=(
    BOOT,
    replace(ROOT, mib=1200),
    Part(EXTENDED, 0),
    Part("/var", 600, logical=True),
    Part(SWAP, 96, logical=True),
    Part("/tmp", 96, logical=True),
    Part("/home", 160, kind="ext3", logical=True),
))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
