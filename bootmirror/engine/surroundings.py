"""What the engine asks of the machine around it. Tests put a machine of their own in its place."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bootmirror.engine.disk_names import DiskNames
from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan

MD_MAJOR = 9  # block device major of md, Documentation/admin-guide/devices.txt


@cache
def boot_id() -> str:
    """The kernel's name for this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()


def root_on_md(root: Path = Path("/"), sys_dev: Path = Path("/sys/dev/block")) -> bool:
    """Whether the root file system lies on an array, itself or as a logical volume.

    ``slaves`` in sysfs names what a device lies on (Documentation/ABI/testing/sysfs-block).
    """
    device = root.stat().st_dev
    below = [f"{os.major(device)}:{os.minor(device)}"]
    while below:
        number = below.pop()
        if number.startswith(f"{MD_MAJOR}:"):
            return True
        below += [file.read_text("ascii").strip()
                  for file in (sys_dev / number).glob("slaves/*/dev")]
    return False


def lacking(sys_block: Path = Path("/sys/block")) -> tuple[str, ...]:
    """The running arrays that have fewer halves in sync than they should, by name (md0).

    ``md/degraded`` counts them (Documentation/admin-guide/md.rst); a half that is being rebuilt is
    not in sync yet.
    """
    found = []
    for file in sys_block.glob("md*/md/degraded"):
        try:
            missing = file.read_text("ascii").strip()
        except OSError:  # the array stopped meanwhile, or cannot lack anything (raid0)
            continue
        if missing not in ("", "0"):
            found.append(file.parts[-3])
    return tuple(sorted(found))


def holding(arrays: Sequence[str], sys_block: Path = Path("/sys/block")) -> tuple[str, ...]:
    """The disks, by today's kernel names, that hold the halves in sync of these arrays."""
    found = set()
    for array in arrays:
        for member in (sys_block / array / "md").glob("dev-*"):
            try:
                in_sync = "in_sync" in (member / "state").read_text("ascii").strip().split(",")
            except OSError:  # it left meanwhile
                continue
            if in_sync:
                block = (member / "block").resolve()
                partition = (block / "partition").exists()
                found.add(block.parent.name if partition else block.name)
    return tuple(sorted(found))


def compare(plan: Plan, machine: Machine, scope: str) -> tuple[str, ...]:
    """How today's facts differ from the plan's: "all" of them, or those of the "source" only."""
    from bootmirror.plan.fingerprint import differences  # noqa: PLC0415 - keeps status quick

    return differences(plan, machine, scope)


def explain(host: Host, plan: Plan) -> str:
    """Why the first boot did not come up, in a sentence. Looks only."""
    from bootmirror.steps.first_boot import explain_fallback  # noqa: PLC0415 - rarely wanted

    return explain_fallback(host, plan)


def mirror_ran(plan: Plan) -> bool:
    """On the old system: whether the mirror ran the machine after it. Looks only; the plan's disks
    are named as today."""
    from bootmirror.steps import first_boot  # noqa: PLC0415 - rarely wanted

    return first_boot.mirror_ran(Host(), plan, f"/dev/{plan.mirror.name}")


def cannot_rehearse(uefi: bool) -> str:
    """What lacks for a rehearsal, and how to get it, in a sentence; "" when nothing does."""
    from bootmirror.rehearsal.tools import lacking_tools  # noqa: PLC0415 - keeps status quick

    return lacking_tools(Host(), uefi)


@dataclass(frozen=True)
class Surroundings:
    """The questions, each replaceable."""

    boot_id: Callable[[], str] = boot_id
    today: Callable[[Plan], Plan] = field(default_factory=lambda: DiskNames().today)
    root_on_md: Callable[[], bool] = root_on_md
    lacking: Callable[[], tuple[str, ...]] = lacking
    holding: Callable[[Sequence[str]], tuple[str, ...]] = holding
    look: Callable[[Host], Machine] = inspect
    compare: Callable[[Plan, Machine, str], tuple[str, ...]] = compare
    explain: Callable[[Host, Plan], str] = explain
    mirror_ran: Callable[[Plan], bool] = mirror_ran
    cannot_rehearse: Callable[[bool], str] = cannot_rehearse
    clock: Callable[[], float] = time.time
