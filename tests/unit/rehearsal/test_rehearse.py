"""The run, with a program in QEMU's place that talks over the same lines."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import Refused, StepFailed
from bootmirror.host.host import Host
from bootmirror.rehearsal import rehearse as rehearsing
from bootmirror.rehearsal.drives import Drive
from bootmirror.rehearsal.outcome import Outcome, Stage, Verdict
from bootmirror.rehearsal.own_directory import own_directory
from bootmirror.rehearsal.rehearse import Moment, rehearse
from bootmirror.rehearsal.settings import Settings
from bootmirror.rehearsal.subject import Subject
from bootmirror.rehearsal.tools import PACKAGES, lacking_tools

TOP = Path(__file__).parents[3]

# What the program in QEMU's place begins with: the lines, and the tag it was given.
BEGIN = """
import os, re, sys, time
argv = sys.argv[1:]
console, report = (int(m[1]) for a in argv if (m := re.search("fd=(\\d+)$", a)))
tag = next(a for a in argv if a.startswith("type=3")).partition("asset=")[2]
kvm = "kvm" in argv
def say(line, text): os.write(line, text.encode())
"""
UP = BEGIN + """
say(console, "SeaBIOS\\r\\nGRUB loading.\\r\\n[    0.000000] Linux version 6.1\\r\\n")
time.sleep(1)
say(report, f"bootmirror-report begin {tag}\\nstate up\\nroot /dev/md1\\nunder /dev/md1 raid1\\n"
    "mdstat md1 : active raid1 sda2[0]\\nmdstat 9 blocks [2/1] [U_]\\n"
    f"bootmirror-report end {tag}\\n")
time.sleep(60)
"""


class Pretending(Host):
    """Every program is this machine's but QEMU's: a script is the one, the overlay any file."""

    def __init__(self, script: str) -> None:
        super().__init__()
        self.script = script
        self.commands: list[list[str]] = []

    def find(self, program: str) -> str:
        return super().find("true" if program in PACKAGES else program)

    def absolute(self, argv: Sequence[str]) -> list[str]:
        words = list(argv)
        if "qemu-system-x86_64" in words:
            place = words.index("qemu-system-x86_64")
            self.commands.append(words)
            return super().absolute(
                [*words[:place], sys.executable, "-c", self.script, *words[place + 1 :]])
        if words[0] == "qemu-img":
            words = ["touch", words[-2]]
        return super().absolute(words)


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    image = tmp_path / "disk.img"
    image.write_bytes(os.urandom(1 << 20))
    return Subject((Drive(str(image), 1 << 20, False),))


class Syncs(Pretending):
    """Notes when it is told to write back, among the commands."""

    def sync(self) -> None:
        self.commands.append(["sync"])


def run(
    script: str, subject: Subject, place: Path, settings: Settings | None = None
) -> tuple[Outcome, list[Moment]]:
    moments: list[Moment] = []
    found = rehearse(Pretending(script), subject, place, settings or Settings("tcg", memory=512),
                     moments.append)
    return found, moments


def test_a_disk_that_boots_is_proved_and_nothing_is_left(tmp_path: Path, subject: Subject) -> None:
    place = tmp_path / "place"
    place.mkdir()
    image = Path(subject.drives[0].path)
    before = hashlib.sha256(image.read_bytes()).hexdigest()
    found, moments = run(UP, subject, place)
    assert (found.verdict, found.reason) == (
        Verdict.PROVED, "It boots, with its root on md1 (raid1 [U_]).")
    assert moments[0].stage is Stage.PREPARING
    assert moments[-1].stage is Stage.UP
    assert moments[-1].console == ("SeaBIOS", "GRUB loading.", "[    0.000000] Linux version 6.1")
    assert list(place.iterdir()) == []
    assert hashlib.sha256(image.read_bytes()).hexdigest() == before


def test_where_kvm_does_not_work_the_machine_is_emulated(
    tmp_path: Path, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "accelerators", lambda _wanted: ("kvm", "tcg"))
    broken = UP.replace(BEGIN, BEGIN + 'if kvm: sys.exit("failed to set MSR 0x10a to 0x69")\n')
    found, moments = run(broken, subject, tmp_path, Settings(memory=512))
    assert found.verdict is Verdict.PROVED
    assert moments[0].accelerator == "kvm"
    assert moments[-1].accelerator == "tcg"


def test_where_nothing_works_it_says_what_qemu_said(tmp_path: Path, subject: Subject) -> None:
    with pytest.raises(StepFailed, match=r"^QEMU does not work here: Could not open it\.$"):
        run(BEGIN + 'sys.exit("Could not open it")', subject, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["disk.img"]


def test_a_machine_that_restarts_is_found_not_to_boot(tmp_path: Path, subject: Subject) -> None:
    found, _ = run(BEGIN + 'say(console, "GRUB loading.\\r\\n")', subject, tmp_path)
    assert found.verdict is Verdict.FAILED
    assert "restarted" in found.reason


def test_qemu_that_is_killed_says_nothing_of_the_disk(tmp_path: Path, subject: Subject) -> None:
    script = BEGIN + 'say(console, "GRUB loading.\\r\\n"); os.kill(os.getpid(), 9)'
    with pytest.raises(StepFailed, match="QEMU ended before the boot was decided"):
        run(script, subject, tmp_path)


def test_a_system_that_writes_without_end_is_held(
    tmp_path: Path, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "MOST", 1 << 20)
    place = tmp_path / "large"
    script = BEGIN + f"""
say(console, "GRUB loading.\\r\\n")
with open({str(place)!r}, "wb", buffering=0) as file:
    for _ in range(64): file.write(bytes(1 << 16))
"""
    with pytest.raises(StepFailed, match="decided"):
        run(script, subject, tmp_path)
    assert place.stat().st_size <= 1 << 20


def test_it_stands_back_for_everything_else(tmp_path: Path, subject: Subject) -> None:
    script = BEGIN + """
score = open("/proc/self/oom_score_adj").read().strip()
say(console, f"niceness {os.nice(0)}, oom {score}\\r\\nNo bootable device.\\r\\n")
time.sleep(60)
"""
    _, moments = run(script, subject, tmp_path)
    niceness = os.nice(0)
    assert moments[-1].console[0] == f"niceness {min(niceness + 10, 19)}, oom 1000"


@pytest.mark.parametrize("block", [True, False])
def test_what_file_systems_hold_back_of_a_disk_is_written_first(
    tmp_path: Path, subject: Subject, block: bool
) -> None:
    (drive,) = subject.drives
    host = Syncs(UP)
    rehearse(host, Subject((replace(drive, block=block),)), tmp_path,
             Settings("tcg", memory=512), lambda _moment: None)
    assert [words[0] == "sync" for words in host.commands] == ([True, False] if block else [False])


def test_without_room_for_what_it_writes_nothing_is_begun(
    tmp_path: Path, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "ROOM", 1 << 60)
    with pytest.raises(Refused, match="are free in"):
        run(UP, subject, tmp_path)


@pytest.mark.parametrize("disks", [1, 2])
def test_all_disks_together_may_take_the_room_there_is(
    tmp_path: Path, subject: Subject, monkeypatch: pytest.MonkeyPatch, disks: int
) -> None:
    monkeypatch.setattr(rehearsing, "MOST", 64 << 20)
    host = Pretending(UP)
    rehearse(host, Subject(subject.drives * disks), tmp_path, Settings("tcg", memory=512),
             lambda _moment: None)
    assert f"--fsize={(64 << 20) // disks}" in host.commands[-1]


def test_without_memory_nothing_is_begun(
    tmp_path: Path, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "available_memory", lambda: 900 << 20)
    with pytest.raises(Refused, match="Only 900 MiB of memory are free"):
        run(UP, subject, tmp_path, Settings("tcg"))


def test_what_lacks_is_named_by_its_package(tmp_path: Path, subject: Subject) -> None:
    class Bare(Host):
        def find(self, program: str) -> str:
            del program
            return ""

        def exists(self, path: str | Path) -> bool:
            del path
            return False

    assert lacking_tools(Bare(), uefi=True) == (
        "To see a disk boot without a reboot, install qemu-system-x86, qemu-utils and ovmf.")
    with pytest.raises(Refused) as refused:
        rehearse(Bare(), subject, tmp_path, Settings(), lambda _: None)
    assert refused.value.hint == (
        "To see a disk boot without a reboot, install qemu-system-x86 and qemu-utils.")


def test_a_processor_that_is_no_pcs_is_refused(
    tmp_path: Path, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for processor in ("i686", "x86_64"):
        monkeypatch.setattr("platform.machine", lambda known=processor: known)
        assert lacking_tools(Pretending(UP), uefi=False) == ""
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    (drive,) = subject.drives
    with pytest.raises(Refused) as refused:
        rehearse(Pretending(UP), Subject((replace(drive, block=True),)), tmp_path, Settings(),
                 lambda _: None)
    assert refused.value.hint.startswith(
        "This machine's processor (aarch64) cannot be rehearsed: ")
    found, _ = run(UP, subject, tmp_path)  # an image may be a PC's
    assert found.verdict is Verdict.PROVED


ASKED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RUNNER = """
import signal
import sys
from pathlib import Path
from bootmirror.rehearsal.drives import Drive
from bootmirror.rehearsal.rehearse import Stopped, listen, rehearse
from bootmirror.rehearsal.settings import Settings
from bootmirror.rehearsal.subject import Subject
from tests.unit.rehearsal.test_rehearse import BEGIN, Pretending
script = BEGIN + "say(console, str(os.getpid()) + chr(10)); time.sleep(60)"
listen(signal.SIGHUP)
try:
    rehearse(Pretending(script), Subject((Drive(sys.argv[1], 1 << 20, False),)), Path(sys.argv[2]),
             Settings("tcg", memory=512), lambda m: m.console and print(m.console[0], flush=True))
except Stopped:
    print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [*ASKED, signal.SIGKILL])
def test_however_it_is_ended_the_machine_goes_with_it(
    tmp_path: Path, subject: Subject, number: signal.Signals
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, subject.drives[0].path, str(place)], cwd=TOP,
        env={**os.environ, "PYTHONPATH": str(TOP)}, stdout=subprocess.PIPE, text=True,
    ) as process:
        assert process.stdout is not None
        machine = int(process.stdout.readline())
        process.send_signal(number)
        said = process.stdout.read()
        process.wait(20)
    until = time.monotonic() + 10
    while Path(f"/proc/{machine}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    if number is signal.SIGKILL:
        with own_directory(place) as next_one:  # it puts away what is left
            assert list(place.iterdir()) == [next_one]
    else:
        assert said.endswith("stopped\n")
    assert list(place.iterdir()) == []
