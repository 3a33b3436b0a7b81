"""A machine in User-mode Linux, run for one script: real md, device mapper, SCSI disks, udev.

The host's files are the machine's programs, mounted read-only; the disks are sparse files in one
directory, the only place of the host the machine can write to. Nothing needs root or KVM.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutations import switch

REPOSITORY = Path(__file__).resolve().parents[2]
GUEST = Path(__file__).resolve().parent / "guest"
MODULES = Path("/usr/lib/uml/modules")
MEMORY = "640M"
MEMORY_WITH_CACHES = "1400M"  # the disks' caches are in it: they must never wait for the disks
MB = 1_000_000
MIB = 1 << 20


@dataclass(frozen=True)
class LabDisk:
    """A SCSI disk of the lab: ``size`` in bytes, a multiple of 512."""

    name: str
    size: int
    serial: str


@dataclass(frozen=True)
class Outcome:
    """How a script in the lab ended: its exit code (None: the machine was cut off), its output."""

    code: int | None
    output: str
    result: dict[str, Any] = field(default_factory=dict)
    console: str = ""
    seconds: float = 0.0

    def check(self) -> Outcome:
        """This outcome when the script succeeded; else an AssertionError with what it printed."""
        if self.code != 0:
            raise AssertionError(
                f"the script in the lab ended with {self.code}:\n{self.output}\n"
                f"-- console --\n{self.console[-3000:]}"
            )
        return self


class LabBroken(Exception):  # noqa: N818 - a state, as pytest's own outcomes
    """The lab itself could not be set up or did not end in time: no verdict on bootmirror."""


class Stopped(BaseException):
    """The whole run is being stopped: no machine is switched on any more."""


_RUNNING: set[subprocess.Popen[bytes]] = set()
_STOPPED = threading.Event()


def stop_all() -> None:
    """End every machine of this program, in whatever thread, and let none begin."""
    _STOPPED.set()
    for process in list(_RUNNING):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class Lab:
    """A machine whose disks live on over several boots. Each run boots it, and ends it."""

    def __init__(self, place: Path, disks: Sequence[LabDisk]) -> None:
        self.place = place.resolve()
        self.disks = tuple(disks)
        self.place.mkdir(parents=True, exist_ok=True)
        for disk in self.disks:
            if not self.image(disk.name).exists():
                with self.image(disk.name).open("wb") as file:
                    file.truncate(disk.size)

    def image(self, name: str) -> Path:
        """The file that holds a disk's content."""
        return self.place / f"{name}.img"

    def run(
        self,
        script: Path | str,
        *arguments: str,
        root: str = "host",
        limit: float = 300,  # seconds: a machine that hangs; the longest takes one minute
        cut_at: str = "",
        cut_after: float = 0.0,
        cache: str = "",
        seed: str = "",
    ) -> Outcome:
        """Boot, run a Python script (a name in guest/, or a path) as root, power off.

        ``root`` is "host", "disk" and so on (see guest/init.sh). When ``cut_at`` appears in the
        script's output the machine is cut off there and then, or ``cut_after`` seconds later, as
        by a power failure; ``cache`` says what its disks lose. Raises LabBroken, Stopped.
        """
        if _STOPPED.is_set():
            raise Stopped
        path = GUEST / script if isinstance(script, str) else script
        for name in ("code", "output", "broken", "result.json", "dmesg"):
            (self.place / name).unlink(missing_ok=True)
        init = self._write_init(path, arguments, root, cache, seed)
        memory = MEMORY_WITH_CACHES if cache else MEMORY
        began = time.monotonic()
        with (self.place / "console").open("wb") as console:
            process = subprocess.Popen(
                [_program(), f"mem={memory}", "rootfstype=hostfs", "rootflags=/", "root=/dev/root",
                 "ro", f"init={init}", "quiet", "con=null", "con0=fd:0,fd:1",
                 f"umid=bootmirror-lab-{os.getpid()}-{time.monotonic_ns()}"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
                start_new_session=True, cwd=self.place,
                env={"PATH": "/usr/bin:/bin", "HOME": str(self.place), "TMPDIR": _memory_place()},
            )
            _RUNNING.add(process)
            try:
                was_cut = self._wait(process, limit, cut_at)
                if was_cut and cut_after:
                    time.sleep(cut_after)
            finally:
                _end(process, self.place)
                _RUNNING.discard(process)
        return self._outcome(was_cut, time.monotonic() - began)

    def _wait(self, process: subprocess.Popen[bytes], limit: float, cut_at: str) -> bool:
        """Wait for the machine to power off, or for the moment to cut it off (True)."""
        end = time.monotonic() + limit
        while process.poll() is None:
            if time.monotonic() > end:
                raise LabBroken(f"no end after {limit:.0f} s:\n{self._text('output')[-3000:]}\n"
                                f"-- console --\n{self._text('console')[-3000:]}")
            if cut_at and cut_at in self._text("output"):
                return True
            time.sleep(0.02)
        return False

    def _outcome(self, was_cut: bool, seconds: float) -> Outcome:
        console, code = self._text("console"), self._text("code").strip()
        if not was_cut and not code:
            raise LabBroken(f"{self._text('broken')}\n-- console --\n{console[-4000:]}")
        result = json.loads(self._text("result.json") or "{}")
        return Outcome(int(code) if code else None, self._text("output"), result, console, seconds)

    def _text(self, name: str) -> str:
        path = self.place / name
        return path.read_text("utf-8", "backslashreplace") if path.exists() else ""

    def _write_init(
        self, script: Path, arguments: Sequence[str], root: str, cache: str, seed: str
    ) -> Path:
        values = {
            "LAB_RESULTS": self.place,
            "LAB_MODULES": sorted(MODULES.iterdir())[-1],
            "LAB_DISKS": " ".join(f"{d.name}:{d.size}:{d.serial}" for d in self.disks),
            "LAB_ROOT": root,
            "LAB_CACHE": cache,
            "LAB_SEED": seed,
            "LAB_REPO": REPOSITORY,
            "LAB_PYTHON": Path(sys.executable),
            "LAB_ENTER": GUEST / "enter.sh",
            "LAB_PROGRAMS": GUEST / "programs",
            "LAB_SCRIPT": script.resolve(),
            "LAB_ARGUMENTS": " ".join(arguments),
            "LAB_MUTATION": switch.chosen(),
        }
        lines = [f"{name}={shlex.quote(str(value))}" for name, value in values.items()]
        init = self.place / "init"
        source = f". {shlex.quote(str(GUEST / 'init.sh'))}"
        init.write_text("\n".join(["#!/bin/sh", *lines, source, ""]))
        init.chmod(0o755)
        return init


def _program() -> str:
    found = shutil.which("linux.uml")
    if not found or not MODULES.is_dir():
        raise LabBroken("User-mode Linux is not installed: install the package user-mode-linux.")
    return found


def _memory_place() -> str:
    """Where the machine's memory lies as a file: in memory if there is a place for it."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"


def _end(process: subprocess.Popen[bytes], place: Path) -> None:
    """End the machine with all its processes: they share the session we gave it.

    Only the first is our child; the others, which hold the disks' images, are looked for.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    end = time.monotonic() + 30
    while running_in(place) and time.monotonic() < end:
        time.sleep(0.02)


def running_in(place: Path) -> list[str]:
    """Ids of the processes that run in a lab's directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == place:
                found.append(process.name)
        except OSError:
            continue  # it has ended, or belongs to somebody else
    return found
