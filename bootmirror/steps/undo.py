"""Undo: while the source is whole, the mirror is made blank and the boot entry removed."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command
from bootmirror.actions.disks import Announce, MakeSure, MakeSureUnused, StopArrays, Wipe
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import ORIGIN, TARGET
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan


@dataclass(frozen=True)
class RemoveEntry:
    """Take the one-shot boot entry out of its file; remove the file when nothing else is in it."""

    loader: str

    def describe(self) -> str:
        return f"take the first-boot entry out of {BOOT_LOADERS[self.loader].entry_path}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        loader = BOOT_LOADERS[self.loader]
        text = host.read(loader.entry_path)
        if text is None:
            return
        rest = loader.without_entry(text)
        if rest is None:
            host.remove(loader.entry_path)
        elif rest != text:
            host.write(loader.entry_path, rest)


def undo_actions(plan: Plan, machine: Machine) -> tuple[Action, ...]:
    """What an undo does, in order: the boot entry first, so that no reboot lands on a half mirror.

    Raises Refused when the mirror is gone.
    """
    mirror = plan.mirror.find(machine)
    loader = BOOT_LOADERS[plan.boot_loader]
    parts = tuple(p.path for p in mirror.partitions)
    return (
        Command(tuple(loader.disarm())),
        RemoveEntry(plan.boot_loader),
        UnmountAll(TARGET),
        UnmountAll(ORIGIN),
        MakeSure.of(mirror),
        StopArrays(mirror.name),
        MakeSureUnused.of(mirror),
        *(Wipe(path) for path in parts),
        Wipe(mirror.path),
        Announce((mirror.path, *parts)),
    )
