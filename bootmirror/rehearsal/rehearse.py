"""A rehearsal: the machine is put together, switched on, watched, and switched off again."""

from __future__ import annotations

import secrets
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootmirror.errors import Refused, StepFailed
from bootmirror.host.attached import Attached, attached, standing_back
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.host.memory import available_memory
from bootmirror.rehearsal.drives import make_overlay
from bootmirror.rehearsal.outcome import Outcome, Stage
from bootmirror.rehearsal.own_directory import own_directory
from bootmirror.rehearsal.settings import KVM, TCG, Settings
from bootmirror.rehearsal.subject import Subject
from bootmirror.rehearsal.tools import lacking_tools, ovmf
from bootmirror.rehearsal.virtual_machine import (
    CONSOLE,
    REPORT,
    Firmware,
    VirtualMachine,
    accelerators,
)
from bootmirror.rehearsal.watching import Watch
from bootmirror.sizes import readable
from bootmirror.steps.report_unit import TAG

GIB, MIB = 1 << 30, 1 << 20
ROOM = 1 * GIB  # that must be free for the overlays; a boot writes a tenth of it
MOST = 8 * GIB  # that an overlay may take
LIMITS = {KVM: 300.0, TCG: 900.0}  # seconds a boot may take
SIGN_OF_LIFE = {KVM: 20.0, TCG: 120.0}  # seconds until the firmware must have said something
MEMORY, LEAST_MEMORY = 1024, 512  # MiB
POLL = 0.5  # seconds
STARTUP = "startup.nsh"


@dataclass(frozen=True)
class Moment:
    """How far it is."""

    stage: Stage
    seconds: float  # since the machine was switched on
    limit: float
    console: tuple[str, ...]
    accelerator: str


class Stopped(BaseException):
    """SIGTERM or SIGINT: the machine is switched off, and nothing follows from what was seen."""


def listen(*more: signal.Signals) -> None:
    """Take SIGTERM, SIGINT and ``more`` as the wish to stop. For the process."""
    for number in (signal.SIGTERM, signal.SIGINT, *more):
        signal.signal(number, _stop)


def _stop(_number: int, _frame: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # once is enough: what is there must be put away
    raise Stopped


def rehearse(
    host: Host,
    subject: Subject,
    place: Path,
    settings: Settings,
    tell: Callable[[Moment], None],
) -> Outcome:
    """Boot it and say what came of it. ``place`` is a directory of ours for what the system in it
    writes; all is gone again when this returns. ``tell`` is called about twice a second.

    Raises Refused where it cannot begin, StepFailed when QEMU does not work.
    """
    lacks = lacking_tools(host, subject.uefi, any(drive.block for drive in subject.drives))
    if lacks:
        raise Refused("A disk cannot be rehearsed on this machine yet.", lacks)
    room = _room(host, place) // len(subject.drives)
    memory = settings.memory or _memory()
    if any(drive.block for drive in subject.drives):
        host.sync()  # they may be in use: what their file systems hold back is written first
    with own_directory(place) as directory:
        ways = accelerators(settings.accelerator)
        for way in ways:
            tell(Moment(Stage.PREPARING, 0.0, settings.limit or LIMITS[way], (), way))
            machine = _machine(host, subject, directory, memory)
            watch = Watch(machine.tag, float(settings.limit or LIMITS[way]), subject.hidden)
            outcome = _boot(host, machine, way, room, watch, tell)
            if isinstance(outcome, Outcome):
                return outcome
    raise StepFailed(f"QEMU does not work here: {outcome}.",
                     "Try it by hand: qemu-system-x86_64 -accel tcg -display none -serial stdio.")


def _room(host: Host, place: Path) -> int:
    """What all files of the machine may take together (bytes). Raises Refused."""
    use = host.usage(str(place))
    free = use.f_bavail * use.f_frsize if use else 0
    if free < ROOM:
        raise Refused(
            f"Only {readable(free)} are free in {place}, and what the rehearsed system writes "
            f"needs {readable(ROOM)} there for a while.",
            "Make room, then rehearse again.",
        )
    return min(MOST, free // 2)


def _memory() -> int:
    """How much memory the machine gets: half of what is free at most. Raises Refused."""
    free = available_memory() // MIB
    if free // 2 < LEAST_MEMORY:
        raise Refused(
            f"Only {free} MiB of memory are free, and a rehearsal wants twice {LEAST_MEMORY} MiB.",
            "Rehearse when less is at work, or say how much to take (--memory).",
        )
    return min(MEMORY, free // 2)


def _machine(host: Host, subject: Subject, directory: Path, memory: int) -> VirtualMachine:
    drives = []
    for number, drive in enumerate(subject.drives):
        overlay = directory / f"overlay{number}.qcow2"
        overlay.unlink(missing_ok=True)
        make_overlay(host, drive, overlay)
        drives.append((drive, overlay))
    firmware = _firmware(host, subject, directory) if subject.uefi else None
    return VirtualMachine(tuple(drives), TAG + secrets.token_hex(8), memory, firmware)


def _firmware(host: Host, subject: Subject, directory: Path) -> Firmware:
    found = ovmf(host)
    assert found is not None, "asked for before"
    code, empty = found
    variables = directory / "variables.fd"
    shutil.copyfile(empty, variables)
    if not subject.loaders:
        return Firmware(code, variables)
    startup = directory / "startup"
    startup.mkdir(exist_ok=True)
    (startup / STARTUP).write_text(_script(subject.loaders))
    return Firmware(code, variables, startup)


def _script(loaders: tuple[str, ...]) -> str:
    """For the UEFI shell: start the first of these that any file system has."""
    lines = ["@echo -off"]
    for loader in loaders:
        for number in range(8):
            path = f"FS{number}:{loader}"
            lines += [f"if exist {path} then", f"  {path}", "endif"]
    return "\r\n".join([*lines, "echo No bootable device", ""])


def _boot(  # noqa: PLR0913, PLR0917 - all of it is what a boot needs
    host: Host,
    machine: VirtualMachine,
    way: str,
    room: int,
    watch: Watch,
    tell: Callable[[Moment], None],
) -> Outcome | str:
    """The outcome; or why QEMU does not work this way."""
    began = time.monotonic()

    def command(lines: Sequence[int]) -> list[str]:
        return standing_back(machine.arguments(way, lines), room)

    with attached(host, command, 2) as qemu:
        while True:
            now = _listen(qemu, watch, began)
            stage = watch.stage if watch.alive else Stage.PREPARING
            tell(Moment(stage, now, watch.limit, watch.console.lines, way))
            over = qemu.ended is not None  # asked once: it may end between two questions
            if not watch.alive and (over or now > SIGN_OF_LIFE[way]):
                return _complaint(qemu)
            outcome = watch.decide(now)
            if outcome is None and over:
                outcome = _ended(qemu, watch, now)
            if outcome is not None:
                tell(Moment(outcome.stage, now, watch.limit, watch.console.lines, way))
                return outcome


def _listen(qemu: Attached, watch: Watch, began: float) -> float:
    """Take in what comes in a moment; the time."""
    came = qemu.read(POLL)
    now = time.monotonic() - began
    watch.hear(came.get(CONSOLE, b""), came.get(REPORT, b""), now)
    question = watch.question(now)
    if question:
        qemu.send(CONSOLE, question.encode())
    return now


def _ended(qemu: Attached, watch: Watch, now: float) -> Outcome:
    """Raises StepFailed when it was QEMU that failed, not the system in it."""
    if qemu.ended:
        raise StepFailed(f"QEMU ended before the boot was decided: {_complaint(qemu)}.",
                         "Look at what is free (df, free), then rehearse again.")
    while came := qemu.read(0):
        watch.hear(came.get(CONSOLE, b""), came.get(REPORT, b""), now)
    return watch.ended(now)


def _complaint(qemu: Attached) -> str:
    """Why it ended, in its own last words."""
    while qemu.read(0):
        pass
    said = [line for line in qemu.complaint.splitlines() if line.strip()]
    if said:
        return clean(said[-1])
    if qemu.ended == -signal.SIGXFSZ:
        return "the system in it wrote more than there is room for"
    return "no sign of life" if qemu.ended is None else f"it ended with {qemu.ended}"
