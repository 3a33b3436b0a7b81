"""fstab by labels and partition UUIDs, with mounts in it that are no disks, and a quota option."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import Part, Spec

SPEC = Spec(
    "by-label",
    parts=(
        Part("/boot", 256, label="boot", named="LABEL"),
        Part("/", 2048, label="Wurzel & root", named="PARTUUID"),
        Part("swap", 128, label="swap-1", named="LABEL"),
        Part("/home", 128, named="PARTUUID", options="defaults,usrquota,noatime"),
    ),
    fstab_lines=(
        "/srv/odd\t/mnt/bound none\tbind,x-mount.mkdir 0 0",
        "server.example:/export /mnt/nfs nfs noauto,_netdev,soft 0 0",
        "# a comment with a UUID=in it, and a tab\tat the end\t",
        "tmpfs /run/scratch\\040space tmpfs size=1m,x-mount.mkdir",
    ),
)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC)
