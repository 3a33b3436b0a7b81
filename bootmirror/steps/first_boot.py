"""Whether the first boot came up on the array, and why not. Looks only."""

from __future__ import annotations

from bootmirror.errors import Refused
from bootmirror.host.boot_code import LENGTH
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Disk, Machine, Mount
from bootmirror.machine.names import partition_path
from bootmirror.machine.system import GRUB_MARK, LILO_MARK
from bootmirror.plan.model import Plan, PlannedArray, PlannedFilesystem, Side
from bootmirror.steps.places import target_device


def wrong_mounts(plan: Plan, machine: Machine) -> tuple[str, ...]:
    """Every planned mount that is not on its array, as a phrase; empty is good. They were asked for
    before the look at the machine (``ask_for_mounts``)."""
    wrong = []
    for filesystem in plan.filesystems:
        where = filesystem.mountpoint
        mount = machine.mount(where)
        if mount is None or not _on_array(plan, machine, filesystem, mount):
            wrong.append(f"{where} is on {mount.source if mount else 'nothing'}")
    return tuple(wrong)


def _on_array(
    plan: Plan, machine: Machine, filesystem: PlannedFilesystem, mount: Mount
) -> bool:
    array = machine.array(plan.array_of(filesystem).uuid)
    return array is not None and mount.source == target_device(plan, machine, filesystem)


def root_on_array(plan: Plan, machine: Machine) -> bool:
    """Whether / is mounted from its array, whatever else is not."""
    mount = machine.mount("/")
    return mount is not None and _on_array(plan, machine, plan.root, mount)


RAN_BEFORE = ("The mirror ran this machine before, and this old system is older: what was written "
              "since is on the mirror alone.")


def explain_fallback(host: Host, plan: Plan) -> str:
    """Why the first boot did not come up: from what the boot loader wrote down, and the mirror."""
    try:
        disk = plan.mirror.find(inspect(host))
    except Refused as error:
        return error.message
    lost = [a.holds for a in plan.arrays if not _has_superblock(host, disk, a)]
    if mirror_ran(host, plan, disk.path):
        said = RAN_BEFORE
    else:
        said = BOOT_LOADERS[plan.boot_loader].explain(host, plan.boot, disk, bool(lost))
    if not lost:
        return said
    return f"{said} The RAID superblock for {' and '.join(lost)} is gone from the mirror."


def mirror_ran(host: Host, plan: Plan, mirror: str) -> bool:
    """On the old system: whether the mirror, today's path of its disk, ran the machine after it.

    Its first boot marks the old disk; where that was not there, a boot sector of its own tells,
    which the mirror gets no earlier (with a BIOS).
    """
    if BOOT_LOADERS[plan.boot_loader].mirror_ran(host):
        return True
    # By the page cache: a screen asks for it time and again.
    code = host.content(mirror, 0, LENGTH) or b""
    return GRUB_MARK in code or LILO_MARK in code


def _has_superblock(host: Host, disk: Disk, array: PlannedArray) -> bool:
    """Whether the mirror's partition still is a member of the array (mdadm --examine)."""
    path = partition_path(disk, array.member(Side.MIRROR).partition)
    result = host.run(["mdadm", "--examine", "--export", path], ok=range(256), quiet=True)
    return f"MD_UUID={array.uuid}" in result.stdout
