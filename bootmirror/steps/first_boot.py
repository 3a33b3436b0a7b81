"""Whether the first boot came up on the array, and why not. Looks only."""

from __future__ import annotations

from bootmirror.errors import Refused
from bootmirror.formats.grub_custom import DEFAULT, STAGE
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Disk, Machine
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


def root_on_array(plan: Plan, machine: Machine) -> bool:
    """Whether / is mounted from its array, whatever else is not."""
    mount, array = machine.mount("/"), machine.array(plan.root.uuid)
    return mount is not None and array is not None and mount.source == array.path


def explain_fallback(host: Host, plan: Plan) -> str:
    """Why the first boot did not come up: from the stage GRUB reached, and the mirror itself."""
    try:
        disk = plan.mirror.find(inspect(host))
    except Refused as error:
        return error.message
    environment = parse_grubenv(host.read(GRUBENV) or "")
    if environment.get("next_entry"):
        return "The boot loader never took the one-shot entry: it is still waiting."
    if environment.get(DEFAULT):
        return ("The mirror ran this machine before, and this old system is older: what was "
                "written since is on the mirror alone. Try to boot the mirror first.")
    lost = [a.filesystem.mountpoint for a in plan.arrays if not _has_superblock(host, disk, a)]
    said = _at_stage(environment.get(STAGE, ""), bool(lost))
    if not lost:
        return said
    return f"{said} The RAID superblock for {' and '.join(lost)} is gone from the mirror."


def _at_stage(stage: str, lost: bool) -> str:
    """What the furthest stage that GRUB wrote down means."""
    if stage == "loaded" and lost:
        return "The kernel started, but its initramfs did not find the root array."
    return {
        "entered": "GRUB did not find the array with /boot.",
        "found": "GRUB found the array but could not load the kernel or its initramfs.",
        "loaded": "The kernel started from the mirror but the system did not come up: its init, "
                  "or what it needs, is broken in the copy.",
    }.get(stage, "The boot loader did not reach the one-shot entry.")


def _has_superblock(host: Host, disk: Disk, array: PlannedArray) -> bool:
    """Whether the mirror's partition still is a member of the array (mdadm --examine)."""
    path = partition_path(disk, array.member(Side.MIRROR).partition)
    result = host.run(["mdadm", "--examine", "--export", path], ok=range(256), quiet=True)
    return f"MD_UUID={array.uuid}" in result.stdout
