"""Whether each array is whole, of the planned halves, and nothing is under way in it."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Array
from bootmirror.plan.model import SWAP, PlannedArray
from bootmirror.steps.points.look import Look
from bootmirror.steps.told_arrays import why_untold

# array_state of one that works (the kernel's Documentation/admin-guide/md.rst). read-auto: nobody
# has written to it since it was started.
WORKING = ("clean", "active", "active-idle", "write-pending", "read-auto")


def arrays(look: Look) -> Iterator[Check]:
    for planned in look.plan.arrays:
        array = look.machine.array(planned.uuid)
        name = f"array of {planned.holds}"
        if array is None:
            what, advice = why_untold(look.machine) or (
                f"{planned.uuid} does not run",
                "Assemble it (mdadm --assemble --scan); dmesg says what it lacks")
            yield Check(name, False, what, f"{advice}.")
            continue
        wrong, advice = _wrong(look, planned, array)
        detail = f"{array.name} {array.picture} {array.state}"
        if not wrong and array.sync is not None:
            detail = f"{detail}, {array.sync.operation} under way"
        yield Check(name, not wrong, f"{detail}, {wrong}" if wrong else detail, advice)


def _wrong(look: Look, planned: PlannedArray, array: Array) -> tuple[str, str]:  # noqa: PLR0911 - one each
    """What is wrong with a running array, and what to do about it."""
    faulty = [member.name for member in array.members if "faulty" in member.state]
    others = _others(look, planned, array)
    # A check reads both halves and changes nothing.
    if array.sync is not None and array.sync.operation != "check":
        return (f"{array.sync.operation} under way",
                "Wait until it has ended (bootmirror status shows how far it is).")
    if array.slots != len(planned.members):
        return (f"has {array.slots} slots in place of {len(planned.members)}",
                f"Give it {len(planned.members)} again (mdadm --grow --raid-devices).")
    if array.working < array.slots:
        what = f"{', '.join(faulty)} failed" if faulty else "a half is missing"
        return what, ("Look at the disk (dmesg, its cable); when it is good, mdadm --re-add its "
                      "partition, else replace it.")
    if others:
        return (f"runs on {', '.join(others)}, which belongs to neither disk",
                "Put the planned half back in its place (mdadm --add, then --replace).")
    if array.state not in WORKING or array.level != "raid1":
        return f"is a {array.level or 'nothing'} that is {array.state or 'in no state'}", (
            "Look at dmesg and mdadm --detail.")
    if array.mismatches and planned.holds != SWAP:
        return (f"the halves differed in {array.mismatches} sectors at the last check",
                f"Write repair to /sys/block/{array.name}/md/sync_action, then check again.")
    return "", "Look at mdadm --detail and dmesg."


def _others(look: Look, planned: PlannedArray, array: Array) -> list[str]:
    """Members in a slot that are neither disk's partition for it; none while a disk is gone."""
    own = {partition.name for partition in look.legs(planned)}
    if len(own) < len(planned.members):
        return []
    return [m.name for m in array.members if m.slot is not None and m.name not in own]
