"""Runs steps of the conversion on the small server, as the worker would, and says what came of it.

    steps.py COMMAND [STEP…]

plan              look, plan, keep the plan
plan-spare        the same with a partition of a third disk as a spare of every array
run STEP…         each step; a line "STEP done" after each
used-run STEP…    the same on a mirror that has a past as a member of other arrays
kill STEP TIMES   run one step in a process that is killed at random moments, then to its end
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bootmirror.engine.plan_file import dump_plan, load_plan
from bootmirror.errors import BootmirrorError
from bootmirror.host.host import CommandRecord, Host
from bootmirror.machine.inspect import inspect
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from bootmirror.steps.noted_times import FINAL_COPY_BEGAN, NoteTime
from bootmirror.steps.recipe import STEPS
from bootmirror.steps.step import Step
from tests.lab.guest.results import create, let_udev_see, run, udev_held
from tests.mutations import switch

PLAN = Path("/run/results/plan.json")  # outlives the boots
SEED = "5eed5eed-0000-4000-8000-000000000001"


class PrintedReport:
    """What the steps tell goes to the script's output."""

    def __init__(self) -> None:
        self.results: list[str] = []

    def progress(self, done: int, total: int, **_rest: object) -> None: ...

    def note(self, text: str) -> None:
        print("note:", text, flush=True)

    def result(self, text: str) -> None:
        print("result:", text, flush=True)
        self.results.append(text)


def ended(command: CommandRecord) -> None:
    print("ran:", " ".join(command.argv), "->", command.returncode, flush=True)


def begun(argv: Sequence[str]) -> None:
    print("runs:", " ".join(argv), flush=True)


def host() -> Host:
    return Host(on_command=ended, on_start=begun)


def plan() -> None:
    machine = inspect(host())
    made = make_plan(machine, Choices(source="sda", mirror="sdb", seed=SEED))
    PLAN.write_text(dump_plan(made))


def plan_spare() -> None:
    """The user's raidtab: a spare for every array, on the third disk."""
    run("sfdisk", "--quiet", "/dev/sdc", stdin=(
        "label: dos\nsize=170MiB, type=fd\nsize=170MiB, type=fd\n"))
    let_udev_see()
    machine = inspect(host())
    choices = Choices(source="sda", mirror="sdb", seed=SEED)
    number, lines = 0, []
    for line in make_plan(machine, choices).config("raidtab").text.splitlines():
        lines.append(line)
        if line.split()[:1] == ["nr-raid-disks"]:
            number += 1
            lines += ["nr-spare-disks 1", f"device /dev/sdc{number}", "spare-disk 0"]
    text = "".join(f"{line}\n" for line in lines)
    made = make_plan(machine, replace(choices, edits=(("/etc/raidtab", text),)))
    for config, complaint in made.errors:
        raise RuntimeError(f"{config.path}: {complaint}")
    PLAN.write_text(dump_plan(made))


def the_plan() -> Plan:
    return load_plan(PLAN.read_text())


def step(name: str) -> Step:
    return next(s for s in STEPS if s.id == name)


def perform(name: str) -> None:
    """One step as the worker does it: unless the facts show it done."""
    wanted, approved = step(name), the_plan()
    if wanted.after_reboot and not Path(FINAL_COPY_BEGAN).exists():
        # No final copy was made here.
        NoteTime(FINAL_COPY_BEGAN, "late").perform(host(), PrintedReport())
    machine = inspect(host())
    if wanted.done(machine, approved) is True:
        print(f"{name} was done", flush=True)
        return
    wanted.run(host(), approved, machine, PrintedReport())
    print(f"{name} done", flush=True)


def perform_all(names: Sequence[str], on_used: bool) -> None:
    if on_used:
        used()
        plan()
    for name in names:
        perform(name)


def kill(name: str, times: int) -> None:
    """Kill a step and all its commands at random moments, then let it run to its end."""
    chance = random.Random(name)
    for number in range(times):
        child = os.fork()
        if child == 0:
            os.setsid()
            os._exit(guarded(lambda: perform(name)))
        time.sleep(chance.uniform(0.05, 1.2))
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print(f"{name} killed ({number + 1})", flush=True)
    perform(name)


def used() -> None:
    """The mirror as it comes from another machine: the same layout, other arrays on it."""
    run("sfdisk", "--quiet", "/dev/sdb", stdin=(
        "label: dos\nstart=1MiB, size=48MiB, type=fd\nsize=160MiB, type=fd\n"))
    let_udev_see()
    with udev_held():  # a late word of the partitions' own coming would break the arrays
        create(20, "/dev/sdb1", "missing", metadata="1.0")
        create(21, "/dev/sdb2", "missing", metadata="0.90")
        run("mkfs.ext4", "-q", "/dev/md21")
    # Nor is the rest of the disk blank.
    with Path("/dev/sdb").open("r+b") as disk:
        disk.seek(220 << 20)
        disk.write(os.urandom(1 << 20))
    stop_for_good()


def stop_for_good() -> None:
    """Stop arrays until udev, which starts them again at each write to a member, leaves them be.

    It hears of a write a moment later: no array may run at three looks, half a second apart. While
    it deals with one, that array's node in /dev can be missing.
    """
    quiet = 0
    for _ in range(40):
        time.sleep(0.5)
        run("udevadm", "settle")
        names = [line.split()[0] for line in Path("/proc/mdstat").read_text().splitlines()
                 if line.startswith("md")]
        quiet = 0 if names else quiet + 1
        if quiet == 3:
            return
        if names:
            run("mdadm", "--stop", *(f"/dev/{name}" for name in names), ok=(0, 1))
    raise RuntimeError("udev starts the arrays again and again")


def guarded(work: Callable[[], object]) -> int:
    """The exit code of some work, its error printed."""
    try:
        work()
    except BootmirrorError as error:
        print(f"{type(error).__name__}: {error.message} {error.hint}", flush=True)
        return int(error.exit_code)
    except Exception:  # noqa: BLE001 - the test shows it
        traceback.print_exc()
        return 1
    return 0


def main(command: str, *words: str) -> int:
    switch.apply_chosen()
    if command == "plan":
        return guarded(plan)
    if command == "plan-spare":
        return guarded(plan_spare)
    if command == "kill":
        return guarded(lambda: kill(words[0], int(words[1])))
    return guarded(lambda: perform_all(words, on_used=command == "used-run"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
