"""The whole conversion against the same recipe as a shell script by hand, on practice machines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.figures import Figure
from tests.bench.practice_screen import screen_figures
from tests.bench.snapshot import facts_figures
from tests.vm.commands import bootmirror, conversion, plan_and_apply
from tests.vm.machine import Machine
from tests.vm.practice import practice_machine
from tests.vm.progress import phase, say
from tests.vm.scenarios.by_hand import half

# What the script by hand does too, under the names of bootmirror's steps. Each side may put a
# piece of work into another step (where GRUB is told of the new root, say), so they are judged
# together.
SHARED = (
    "partition-mirror", "create-arrays", "make-filesystems", "copy-system", "write-configs",
    "build-initramfs", "install-boot-loader", "arm-first-boot",
    "partition-source", "add-source", "resync", "boot-loader-on-both",
)
MEMORY = 64.0  # MB


@dataclass(frozen=True)
class Run:
    """One conversion: the seconds of each step, and the most memory the worker held, in MB."""

    seconds: Mapping[str, float]
    peak: float = 0.0


def by_hand() -> Run:
    """The script's run, on a machine of its own."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("by hand, up to the reboot"):
            seconds = half(machine, practice, "before")
        with phase("the first boot from the array"):
            machine.reboot()
        with phase("by hand, to the end"):
            seconds |= half(machine, practice, "after")
    return Run(seconds)


def by_bootmirror(also: list[Figure] | None = None) -> Run:
    """bootmirror's run; into ``also`` go the figures that need a practice machine."""
    with practice_machine() as practice:
        machine = practice.machine
        if also is not None:
            also += facts_figures(machine)
        plan_and_apply(machine.ssh)
        with phase("the first boot from the array"):
            machine.reboot()
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        steps = conversion(machine.ssh)["steps"]
        run = Run({step["id"]: step["seconds"] or 0.0 for step in steps}, _peak(machine))
        if also is not None:
            also += screen_figures(machine)
    return run


def _peak(machine: Machine) -> float:
    """The most memory a worker held, in MB, as it says in its log."""
    log = machine.ssh.run("cat", "/var/lib/bootmirror/bootmirror.log")
    peaks = [int(found) for found in re.findall(r"peak memory was (\d+) bytes", log)]
    if len(peaks) < 2 or 0 in peaks:
        raise RuntimeError(f"the log should tell the peak memory of both workers: {peaks}")
    return max(peaks) / 1e6


def _least(runs: list[Run]) -> dict[str, float]:
    """The shortest time of each step: what other work on this computer adds is left out."""
    return {name: min(run.seconds.get(name, 0.0) for run in runs) for name in runs[0].seconds}


def conversion_figures(rounds: int) -> list[Figure]:
    """Both conversions, ``rounds`` times in turn."""
    also: list[Figure] = []
    hand, ours = [], []
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}: by hand")
        hand.append(by_hand())
        say(f"round {number} of {rounds}: by bootmirror")
        ours.append(by_bootmirror(also if number == rounds else None))
    return [*figures(_least(hand), _least(ours), max(run.peak for run in ours)), *also]


def figures(hand: Mapping[str, float], ours: Mapping[str, float], peak: float) -> list[Figure]:
    """The table's lines: what both do, judged; each step; what only bootmirror does."""
    missing = [name for name in SHARED if name not in hand or name not in ours]
    if missing:
        raise RuntimeError(f"not measured on both sides: {missing}")
    hand_all = sum(hand[name] for name in SHARED)
    ours_all = sum(ours[name] for name in SHARED)
    found = [
        Figure("conversion, the steps both have: against by hand", ours_all / hand_all, "", 1.05),
        Figure("copy-system: against cp -ax", ours["copy-system"] / hand["copy-system"], "", 1.1),
        Figure("worker: peak memory, beside rsync's", peak, "MB", MEMORY),
    ]
    for name in SHARED:
        found += [
            Figure(f"  {name}, by hand", hand[name], "s"),
            Figure(f"  {name}, bootmirror", ours[name], "s"),
        ]
    found += [
        Figure(f"  only bootmirror: {name}", seconds, "s")
        for name, seconds in ours.items() if name not in SHARED
    ]
    return found
