"""read-back-mirror: every byte of the mirror's members, before the source is overwritten.

A sector that cannot be read would be missing from both disks afterwards, while /proc/mdstat says
[UU].
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan, Side
from bootmirror.sizes import readable
from bootmirror.steps.arrived import no_bad_blocks
from bootmirror.steps.places import device
from bootmirror.steps.step import Step

WAY_BACK = (
    "The old disk is untouched: choose its old system in its boot menu at the next start, undo "
    "there (bootmirror undo says with which consent), replace the mirror disk, and start anew.")


@dataclass(frozen=True)
class ReadThrough:
    """Read partitions end to end, past the page cache."""

    parts: tuple[tuple[str, int], ...]  # path and size in bytes

    def describe(self) -> str:
        total = sum(size for _, size in self.parts)
        return f"read {', '.join(path for path, _ in self.parts)} to the end ({readable(total)})"

    def perform(self, host: Host, report: Report) -> None:
        total, done, began = sum(size for _, size in self.parts), 0, time.monotonic()
        for path, size in self.parts:
            here = 0
            for count in _checked(host, path):
                here += count
                done += count
                speed = int(done / max(time.monotonic() - began, 0.001))
                report.progress(done, total, speed=speed, text=path,
                                seconds_left=(total - done) // speed if speed else None)
            if here != size:
                raise _unreadable(path, here)
        report.result(f"{readable(total)} read, every sector good")


def _checked(host: Host, path: str) -> Iterator[int]:
    position = 0
    try:
        for count in host.read_through(path):
            position += count
            yield count
    except OSError as error:
        raise _unreadable(path, position) from error


def _unreadable(path: str, position: int) -> StepFailed:
    return StepFailed(
        f"{path} cannot be read at byte {position}: the mirror is not good enough to stand alone.",
        WAY_BACK)


class ReadBackMirror(Step):
    """Changes nothing."""

    id = "read-back-mirror"
    title = "Read the mirror to the end"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        sizes = {p.number: p.size for p in plan.mirror_partitions}
        numbers = [a.member(Side.MIRROR).partition for a in plan.arrays]
        # The lists after the reading, too: the machine works meanwhile.
        return (
            no_bad_blocks(plan, WAY_BACK),
            ReadThrough(tuple(
                (device(plan, machine, Side.MIRROR, n), sizes[n]) for n in sorted(numbers))),
            no_bad_blocks(plan, WAY_BACK),
        )
