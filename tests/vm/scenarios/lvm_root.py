"""Root, home and swap on logical volumes: a new group on the array, the old one kept until then."""

from __future__ import annotations

from tests.vm.convert import convert
from tests.vm.image.spec import BOOT, LVM, Part, Spec
from tests.vm.practice import Practice
from tests.vm.progress import phase
from tests.vm.proofs import require

SPEC = Spec(
    "lvm-root",
    parts=(BOOT, Part(LVM, 2300)),
    group="vg0",
    volumes=(
        Part("/", 1900, volume="root", named="path"),
        Part("/home", 160, volume="home", named="path"),
        Part("swap", 96, volume="swap_1", named="path"),
    ),
)


def _old_group_is_whole(practice: Practice) -> None:
    with phase("the old group, just before the reboot"):
        said = practice.machine.ssh.run("lvs", "--noheadings", "--options", "lv_name", "vg0")
    require(said.split() == ["home", "root", "swap_1"], f"vg0 holds {said.split()}")


def _old_group_is_gone(practice: Practice) -> None:
    said = practice.machine.ssh.run("vgs", "--noheadings", "--options", "vg_name").split()
    require(said == ["vg0_mirror"], f"there are the groups {said}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC, planned=_old_group_is_whole, after=_old_group_is_gone)
