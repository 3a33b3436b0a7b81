"""Whether each array lies within its halves and takes them up, and each file system its array.

A file system that is larger than its device loses what lies behind the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats import superblock
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Array, Machine
from bootmirror.plan.model import Plan, PlannedArray, PlannedFilesystem
from bootmirror.plan.volumes import overhead
from bootmirror.sizes import readable
from bootmirror.steps.places import target_device
from bootmirror.steps.points.look import Look

SECTOR, KIB = 512, 1024
UNUSED = 0.02  # of a device: what a file system may leave of it
SMALLEST = 4 << 20  # bytes that count as unused at all


def sizes(look: Look) -> Iterator[Check]:
    for planned, array in look.arrays():
        wrong = _array(look, planned, array)
        yield Check(f"size of {array.name}", not wrong,
                    wrong or f"{readable(array.size)}, all of its partitions",
                    "Look at mdadm --detail and lsblk; mdadm --grow --size=max takes up what is "
                    "free, a half that is too short must be made anew.")
    for filesystem in look.plan.filesystems:
        wrong = _filesystem(look, filesystem)
        yield Check(f"size of {filesystem.mountpoint}", not wrong, wrong or "fills its device",
                    "Back up now and run fsck when it is larger than its device; else let it grow "
                    "(resize2fs, xfs_growfs).")


def _array(look: Look, planned: PlannedArray, array: Array) -> str:
    """What is wrong with the extent of an array on its halves; "" for nothing."""
    place = f"/sys/block/{array.name}/md"
    component = _number(look, f"{place}/component_size") * KIB
    legs = list(look.legs(planned))
    if not component or not legs:
        return "what it takes of each half is not known"
    members = {member.name for member in array.members}
    for leg in legs:
        start = _number(look, f"{place}/dev-{leg.name}/offset") * SECTOR
        if leg.name in members and start + component > leg.size:
            return (f"takes {readable(start + component)} of {leg.name}, which has "
                    f"{readable(leg.size)}")
    room = min(leg.size for leg in legs)
    if room - component > overhead(room):
        return f"takes {readable(component)} of partitions of {readable(room)}"
    return ""


def _filesystem(look: Look, filesystem: PlannedFilesystem) -> str:
    """What is wrong with the extent of a file system on its device; "" for nothing."""
    path = target_device(look.plan, look.machine, filesystem)
    room = _room(look.plan, look.machine, filesystem)
    start = look.host.content(path, 0, superblock.LENGTH)
    if not room or start is None:
        return f"{path} cannot be read"
    size = superblock.size_of(start)
    if not size:
        return f"{path} has no {filesystem.kind} on it"
    if size > room:
        return f"takes {size} bytes of {path}, which has {room}"
    if room - size > max(SMALLEST, room * UNUSED):
        return f"leaves {readable(room - size)} of {path} unused"
    return ""


def _room(plan: Plan, machine: Machine, filesystem: PlannedFilesystem) -> int:
    """Bytes of the device a file system lies on; 0 when it is not there."""
    if filesystem.volume:
        name = plan.group_of(filesystem).name
        return next((v.size for g in machine.volume_groups if g.name == name
                     for v in g.volumes if v.name == filesystem.volume), 0)
    array = machine.array(plan.array_of(filesystem).uuid)
    return array.size if array else 0


def _number(look: Look, path: str) -> int:
    words = (look.host.read(path) or "").split()
    return int(words[0]) if words and words[0].isdigit() else 0
