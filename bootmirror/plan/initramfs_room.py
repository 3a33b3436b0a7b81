"""Whether an initramfs for the arrays can be built at all: its tool's say, and room for it."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.sizes import readable

LARGER = 1.1  # than the present one: what md needs is in it


def initramfs_refusals(machine: Machine) -> Iterator[Refusal]:
    """Why no initramfs that finds the arrays would be built; of a tool that is known."""
    yield from INITRAMFS[machine.initramfs.tool].refusals(machine)
    mount = machine.mount("/boot") or machine.mount("/")
    needed = int(machine.initramfs.largest * LARGER)
    if mount is not None and mount.size and mount.size - mount.used < needed:
        yield Refusal("initramfs-room", f"{mount.target} has {readable(mount.size - mount.used)} "
                      f"free, and a new initramfs, which is built beside the old one, takes "
                      f"{readable(needed)}.",
                      "Remove kernels that are not needed (apt autoremove --purge), or other files "
                      "there.")
