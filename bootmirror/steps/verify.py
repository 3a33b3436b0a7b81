"""verify: what makes a mirror a mirror, each point a line. [UU] alone proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import BootmirrorError, StepFailed
from bootmirror.formats.fstab import Fstab
from bootmirror.formats.mdadm_conf import MdadmConf
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, Side
from bootmirror.steps.build_initramfs import built_from, missing_in, older_than
from bootmirror.steps.first_boot import wrong_mounts
from bootmirror.steps.step import Step
from bootmirror.steps.tables import has_layout


def verify_checks(host: Host, plan: Plan) -> tuple[Check, ...]:
    """Every point, on the machine as it is now. Raises Refused when a disk is gone."""
    machine = inspect(host)
    return (*_arrays(plan, machine), *_disks(host, plan, machine), *_system(host, plan, machine))


def _arrays(plan: Plan, machine: Machine) -> Iterator[Check]:
    for planned in plan.arrays:
        where = planned.holds
        array = machine.array(planned.uuid)
        if array is None:
            yield Check(f"array of {where}", False, f"{planned.uuid} does not run")
            continue
        whole = array.working == array.slots and array.sync is None
        yield Check(f"array of {where}", whole,
                    f"{array.name} {array.picture} {array.state}"
                    + (f", {array.sync.operation} under way" if array.sync else ""))
        holes = [m.name for m in array.members if m.bad_blocks]
        yield Check(f"bad blocks of {array.name}", not holes, ", ".join(holes) or "none")
    wrong = wrong_mounts(plan, machine)
    yield Check("mounts", not wrong, "; ".join(wrong) or "every file system is on its array")


def _disks(host: Host, plan: Plan, machine: Machine) -> Iterator[Check]:
    for side in Side:
        disk = plan.disk(side).find(machine)
        alike = has_layout(plan, side, disk)
        yield Check(f"partitions of {disk.name}", alike,
                    "as planned" if alike else "not as planned")
    disks = [plan.disk(side).find(machine) for side in Side]
    yield from BOOT_LOADERS[plan.boot_loader].checks(host, plan.boot, machine, disks)
    for swap in plan.plain_swaps:
        pairs = ((Side.SOURCE, swap.source_uuid), (Side.MIRROR, swap.uuid))
        for side, uuid in pairs:
            partition = plan.disk(side).find(machine).partition(swap.partition)
            held = partition.content.uuid if partition and partition.content else ""
            name = partition.name if partition else f"partition {swap.partition}"
            yield Check(f"swap on {name}", held == uuid,
                        "as fstab names it" if held == uuid else f"does not have the UUID {uuid}")


def _system(host: Host, plan: Plan, machine: Machine) -> Iterator[Check]:
    tool = INITRAMFS[plan.initramfs]
    try:
        missing = missing_in(host, plan.initramfs, tool.image(machine.kernel),
                             bool(plan.root.volume))
        older = older_than(host, tool.image(machine.kernel), built_from(plan))
        detail = f"lacks {', '.join(missing)}" if missing else "has raid1, mdadm and mdadm.conf"
        if older and not missing:
            detail = f"is older than {older}: build it anew"
        yield Check("initramfs", not missing and not older, detail)
    except BootmirrorError as error:
        yield Check("initramfs", False, error.message)
    conf = MdadmConf.parse(machine.file("/etc/mdadm/mdadm.conf") or "")
    lacking = {a.uuid for a in plan.arrays} - {line.uuid for line in conf.arrays}
    yield Check("mdadm.conf", not lacking,
                f"lacks {', '.join(sorted(lacking))}" if lacking else "names every array")
    table = Fstab.parse(machine.file("/etc/fstab") or "")
    specs = {entry.spec for entry in table.entries}
    unresolved = [f.mountpoint for f in plan.filesystems if f"UUID={f.uuid}" not in specs]
    yield Check("fstab", not unresolved,
                f"does not name the array of {', '.join(unresolved)}" if unresolved
                else "names the arrays' file systems")


@dataclass(frozen=True)
class RunChecks:
    """All points; any that does not hold fails the step."""

    plan: Plan

    def describe(self) -> str:
        return "check arrays, bad blocks, mounts, tables, boot loaders, initramfs and configuration"

    def perform(self, host: Host, report: Report) -> None:
        checks = verify_checks(host, self.plan)
        for check in checks:
            report.note(f"{'ok' if check.ok else 'NOT OK'}  {check.name}: {check.detail}")
        bad = [f"{c.name}: {c.detail}" for c in checks if not c.ok]
        if bad:
            raise StepFailed(f"{len(bad)} of {len(checks)} points do not hold: {'; '.join(bad)}.",
                             "Mend that, then go on; bootmirror verify shows every point.")
        report.result(f"{len(checks)} of {len(checks)} points hold")


class Verify(Step):
    """The last step; changes nothing."""

    id = "verify"
    title = "Verify the mirror"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del machine
        return (RunChecks(plan),)
