"""fstab by kernel names and by the links under /dev/disk, on virtio disks."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import Part, Spec

SPEC = Spec(
    "by-path",
    bus="virtio",
    parts=(
        Part("/boot", 256, named="by-path"),
        Part("/", 2048, named="path"),
        Part("swap", 128, named="by-id"),
        Part("/srv/data", 128, named="by-id"),
    ),
)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
