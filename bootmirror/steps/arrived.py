"""Whether the mirror has taken everything that was written to it.

A write may fail once, as a link is reset, and leave no trace in the copy: the kernel tells it to
whoever flushes the file system next, and to nobody after that; the file looks right while it is in
memory, and the disk holds, and reads back, what was there before. md keeps the place in the
member's list of bad blocks, where its metadata has one (not 0.90).
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.places import in_copy
from bootmirror.actions.report import Report
from bootmirror.errors import CommandFailed, CopyTorn, StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.arrays import read_arrays
from bootmirror.plan.model import Plan
from bootmirror.steps.places import by_depth

UNDO = ("The old system is whole: undo. Then look at the mirror disk's messages (dmesg), its cable "
        "and smartctl, and make a new plan, with another disk if this one fails.")


@dataclass(frozen=True)
class NoBadBlocks:
    """md has no sector of these arrays' members on record that could not be written or read."""

    uuids: tuple[str, ...]
    hint: str

    def describe(self) -> str:
        return "make sure that md knows of no bad sector of the mirror"

    def perform(self, host: Host, report: Report) -> None:
        del report
        bad = [f"{m.name} ({a.name})" for a in read_arrays(host, []) if a.uuid in self.uuids
               for m in a.members if m.bad_blocks]
        if bad:
            raise StepFailed(
                f"The mirror is not whole: md has bad sectors of {', '.join(bad)} on record.",
                self.hint)


@dataclass(frozen=True)
class AllArrived:
    """Flush the mounted copy, and be told of each write to it that failed since the last time."""

    directories: tuple[str, ...]
    lists: NoBadBlocks
    where_mounted: bool = False  # one that is not mounted is passed over

    def describe(self) -> str:
        flush = "; ".join(f"sync --file-system {directory}" for directory in self.directories)
        return f"{flush}; {self.lists.describe()}"

    def perform(self, host: Host, report: Report) -> None:
        failed: list[CommandFailed] = []
        for directory in self.directories:  # a sync of all would not tell
            if self.where_mounted and not os.path.ismount(directory):
                continue
            try:
                host.run(["sync", "--file-system", directory])
            except CommandFailed as error:
                if error.returncode != 1:  # missing or killed: it tells nothing of the disk
                    raise
                failed.append(error)
        self.lists.perform(host, report)
        if failed:
            raise CopyTorn(
                f"The mirror did not take all that was written to it: {failed[0].message}",
                "Go on: the copy is made anew. If that happens again, undo, and take another disk "
                "or cable; dmesg names the errors.",
            ) from failed[0]


def no_bad_blocks(plan: Plan, hint: str = UNDO) -> NoBadBlocks:
    """Of any array of the plan."""
    return NoBadBlocks(tuple(array.uuid for array in plan.arrays), hint)


def all_arrived(plan: Plan, *, where_mounted: bool = False) -> Action:
    """What each step that writes to the mounted copy ends with, before anything unmounts it: an
    unmounted file system tells nothing of the writes to it that failed."""
    return AllArrived(tuple(in_copy(f.mountpoint) for f in by_depth(plan)), no_bad_blocks(plan),
                      where_mounted)
