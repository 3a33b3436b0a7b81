"""What the commands print, as text and as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from bootmirror.engine.session import StepActions
from bootmirror.engine.view import ConversionView, Phase, StepState, Verdict
from bootmirror.machine.model import Array, Disk, Machine
from bootmirror.plan.model import Plan
from bootmirror.records import as_json, to_plain
from bootmirror.sizes import readable

SCHEMA = 1  # of everything printed with --json

SIGNS = {
    StepState.WAITING: ".",
    StepState.RUNNING: ">",
    StepState.FINISHED: "+",
    StepState.FAILED: "!",
    StepState.INTERRUPTED: "!",
}


VERDICTS = {
    Verdict.PROVED: "proved",
    Verdict.UNCONFIRMED: "not proved",
    Verdict.FAILED: "does not boot",
}


def print_json(plain: dict[str, Any]) -> None:
    """One JSON object on one line, with its schema number."""
    print(as_json({"schema": SCHEMA, **plain}), flush=True)


def view_json(view: ConversionView) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(view)
    del plain["output"]
    if view.rehearsal is not None:
        del plain["rehearsal"]["console"]
    return plain


def duration(seconds: float) -> str:
    """Minutes and seconds: 0:07, 12:31."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def status_lines(machine: Machine, view: ConversionView) -> Iterator[str]:
    yield view.headline
    if view.message:
        yield f"what:  {view.message} {view.hint}".rstrip()
    if view.next:
        yield f"next:  {view.next}"
    yield from proof_lines(view)
    if view.rehearse_hint:
        yield f"hint:  {view.rehearse_hint}"
    if view.phase is not Phase.NONE:
        yield ""
        yield from step_lines(view)
    yield ""
    for disk in machine.disks:
        yield from disk_lines(machine, disk)
    for array in machine.arrays:
        yield array_line(array)


def proof_lines(view: ConversionView) -> Iterator[str]:
    """What rehearsals have found, a line a disk."""
    for proof in view.proofs:
        what = "first boot" if proof.first_boot else "boots alone"
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(proof.at))
        told = "" if proof.proved else f": {proof.reason} {proof.hint}".rstrip()
        yield f"proof: {what}, {proof.disk}, {when}: {VERDICTS[proof.verdict]}{told}"


def step_lines(view: ConversionView) -> Iterator[str]:
    for step in view.steps:
        took = "" if step.seconds is None else duration(step.seconds)
        yield f"{SIGNS[step.state]} {step.id:20} {took:>7}  {step.message}".rstrip()


def disk_lines(machine: Machine, disk: Disk) -> Iterator[str]:
    yield f"{disk.name}  {readable(disk.size)}  {disk.model}  {disk.id}".rstrip()
    for partition in disk.partitions:
        content = partition.content.kind if partition.content else "-"
        mounts = [m.target for m in machine.mounts_of(partition.path)]
        array = machine.array_of(partition.name)
        where = ", ".join(mounts) or (array.name if array else "")
        size = readable(partition.size)
        yield f"  {partition.name:12} {size:>9}  {content:18} {where}".rstrip()
    if disk.free:
        yield f"  {'free':12} {readable(disk.free):>9}"


def array_line(array: Array) -> str:
    line = f"{array.name}  {array.level} {array.picture} {array.state}"
    sync = array.sync
    if sync is None:
        return line
    if sync.waiting:
        return f"{line}  {sync.operation} {sync.waiting}"
    left = "" if sync.seconds_left is None else f"  {duration(sync.seconds_left)} left"
    return f"{line}  {sync.operation} {sync.fraction:.1%}  {readable(sync.speed)}/s{left}"


def action_lines(steps: Sequence[StepActions]) -> Iterator[str]:
    """Every step with all it will do: what ``--dry-run`` prints."""
    after = False
    for step in steps:
        if step.after_reboot and not after:
            after = True
            yield "-- reboot --"
        yield f"{step.id}: {step.title}" + (f"  (erases {step.erases})" if step.erases else "")
        yield from (f"    {action}" for action in step.actions)


def plan_lines(plan: Plan) -> Iterator[str]:
    yield f"plan {plan.id} for {plan.hostname}: {plan.source.name} mirrored onto {plan.mirror.name}"
    for side, disk in (("source", plan.source), ("mirror", plan.mirror)):
        yield f"{side}: {disk.name}  {readable(disk.size)}  {disk.model}  {disk.id}"
    for array in plan.arrays:
        kinds = [f" ({f.kind})" for f in plan.filesystems if f.partition == array.partition]
        yield f"{array.device}: {array.holds}{''.join(kinds)}, metadata {array.metadata}"
    for config in plan.configs:
        edited = " (edited)" if config.edited else ""
        yield f"{config.path}{edited}: {config.purpose}"
        for complaint in config.complaints:
            yield f"  {complaint.severity}: {config.name}:{complaint}"
    for warning in plan.warnings:
        yield f"warning: {warning}"
