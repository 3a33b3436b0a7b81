"""Whether the first boot came up on the array, and why not. Looks only."""

from __future__ import annotations

from bootmirror.formats.grub_custom import STAGE
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.layout import partition_path
from bootmirror.plan.model import Plan, PlannedArray, Side

GRUBENV = "/boot/grub/grubenv"


def wrong_mounts(plan: Plan, machine: Machine) -> tuple[str, ...]:
    """Every planned mount that is not on its array, as a phrase; empty is good."""
    wrong = []
    for array in plan.arrays:
        where = array.filesystem.mountpoint
        mount, running = machine.mount(where), machine.array(array.uuid)
        if mount is None or running is None or mount.source != running.path:
            wrong.append(f"{where} is on {mount.source if mount else 'nothing'}")
    return tuple(wrong)


def explain_fallback(host: Host, plan: Plan) -> str:
    """Why the first boot did not come up: from the stage GRUB reached, and the mirror itself."""
    environment = parse_grubenv(host.read(GRUBENV) or "")
    stage = environment.get(STAGE, "")
    lost = [a.filesystem.mountpoint for a in plan.arrays if not _has_superblock(host, plan, a)]
    gone = f" The RAID superblock for {' and '.join(lost)} is gone from the mirror." if lost else ""
    if environment.get("next_entry"):
        return "The boot loader never took the one-shot entry: it is still waiting."
    if stage == "entered":
        return f"GRUB did not find the array with /boot.{gone}"
    if stage == "found":
        return f"GRUB found the array but could not load the kernel or its initramfs.{gone}"
    if stage == "loaded":
        if lost:
            return f"The kernel started, but its initramfs did not find the root array.{gone}"
        return (
            "The kernel started from the mirror but the system did not come up: its init, or what "
            "it needs, is broken in the copy."
        )
    return f"The boot loader did not reach the one-shot entry.{gone}"


def _has_superblock(host: Host, plan: Plan, array: PlannedArray) -> bool:
    """Whether the mirror's partition still is a member of the array (mdadm --examine)."""
    disk = plan.mirror.find(inspect(host))
    path = partition_path(disk, array.member(Side.MIRROR).partition)
    result = host.run(["mdadm", "--examine", "--export", path], ok=range(256), quiet=True)
    return f"MD_UUID={array.uuid}" in result.stdout
