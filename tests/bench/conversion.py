"""The whole conversion against the same recipe as a shell script by hand, on practice machines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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
# In those steps, what the script by hand does not do: bootmirror looks into the initramfs it built,
# and gives the old disk the array's boot loader before its old system goes.
ONLY_OURS = {
    ("build-initramfs", "lsinitramfs"),
    ("boot-loader-on-both", "lsinitramfs"),
    ("partition-source", "grub-install"),
}
MEMORY = 64.0  # MB


@dataclass(frozen=True)
class Run:
    """One conversion: the seconds of each step, and the most memory the worker held, in MB.

    ``extra`` are the seconds, within the steps both have, of what only bootmirror does there.
    """

    seconds: Mapping[str, float]
    peak: float = 0.0
    extra: Mapping[str, float] = field(default_factory=dict)


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
        # The worker's last word is written after its log went to the new root.
        peaks = [_peak(machine)]
        with phase("the first boot from the array"):
            machine.reboot()
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        peaks.append(_peak(machine))
        seconds = {step["id"]: step["seconds"] or 0.0
                   for step in conversion(machine.ssh)["steps"]}
        extra = _extra(machine)
        for (step, _), spent in extra.items():
            seconds[step] -= spent
        named = {f"{what}, in {step}": spent for (step, what), spent in extra.items()}
        run = Run(seconds, max(peaks), named)
        if also is not None:
            also += screen_figures(machine)
    return run


def _peak(machine: Machine) -> float:
    """The most memory the last worker held, in MB, as it says in its log."""
    log = machine.ssh.run("cat", "/var/lib/bootmirror/bootmirror.log")
    peaks = [int(found) for found in re.findall(r"peak memory was (\d+) bytes", log)]
    if not peaks or peaks[-1] == 0:
        raise RuntimeError("the log should tell the worker's peak memory")
    return peaks[-1] / 1e6


def _extra(machine: Machine) -> dict[tuple[str, str], float]:
    """Seconds of the commands in ONLY_OURS, by step and program, from the journal."""
    found: dict[tuple[str, str], float] = {}
    for line in machine.ssh.run("cat", "/var/lib/bootmirror/journal.jsonl").splitlines():
        record = json.loads(line)
        if record["kind"] != "command":
            continue
        key = (record["step"], record["argv"][0].rsplit("/", 1)[-1])
        if key in ONLY_OURS:
            found[key] = found.get(key, 0.0) + record["seconds"]
    if found.keys() != ONLY_OURS:
        raise RuntimeError(f"not in the journal: {sorted(ONLY_OURS - found.keys())}")
    return found


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
    apart = [Figure(f"  only bootmirror: {name}", spent, "s")
             for name, spent in ours[-1].extra.items()]
    peak = max(run.peak for run in ours)
    return [*figures(_least(hand), _least(ours), peak), *apart, *also]


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
