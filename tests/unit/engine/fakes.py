"""A made-up machine, plan and recipe: the engine needs no more of the real ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.engine.surroundings import Surroundings
from bootmirror.errors import BootmirrorError, FellBack, StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Entry
from bootmirror.machine.model import Disk, Machine, Mount
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import DiskRef, Plan, Side
from bootmirror.steps.step import Step

GIB = 1 << 30
SDA = Disk("sda", "/dev/sda", "8:0", 20 * GIB, 512, 512, model="OLD", serial="SRC1")
SDB = Disk("sdb", "/dev/sdb", "8:16", 20 * GIB, 512, 512, model="NEW", serial="MIR1")


def machine() -> Machine:
    return Machine(
        taken_at=0.0, boot_id="boot-1", hostname="web1", os_name="Debian", os_id="debian",
        os_version="12", kernel="6.1", architecture="x86_64", firmware="bios", cmdline="",
        is_root=True, disks=(SDA, SDB), mounts=(Mount("/", "/dev/sda1", "ext4", "rw"),),
        files=(("/etc/fstab", "today\n"),),
    )


BOOT = Boot(root="UUID=a", old_root=("UUID=b",), files_uuid="a", files_kind="ext4",
            directory="/boot", array="/dev/md0", metadata="1.2", table="dos")
ENTRY = Entry("/boot/grub/custom.cfg", "", "the one-shot first boot", on_source=True)


def plan(plan_id: str = "plan-1") -> Plan:
    return Plan(
        id=plan_id, made_with="0.1.0", hostname="web1",
        choices=Choices("SRC1", "MIR1", "7f0d1c1e-0000-4000-8000-000000000000"),
        source=DiskRef.of(SDA), mirror=DiskRef.of(SDB), table="dos", source_partitions=(),
        mirror_partitions=(), arrays=(), filesystems=(), swaps=(), boot=BOOT, entry=ENTRY,
        configs=(), boot_loader="grub-bios", initramfs="initramfs-tools", kernel="6.1",
        fingerprint="f", facts=(),
    )


class QuietHost(Host):
    """This machine, whose disks nothing here waits for."""

    def sync(self) -> None:
        return


@dataclass(frozen=True)
class Said:
    """An action that says what it is and does nothing."""

    text: str

    def describe(self) -> str:
        return self.text

    def perform(self, host: Host, report: Report) -> None:
        del host
        report.note(self.text)


LEFT = 3.0  # seconds that a command outlives the undo that was killed


@dataclass(frozen=True)
class Blank:
    """The undo's one action: leaves a file, or fails while there is trouble.

    With "killed" for trouble it is killed while a command of its own runs on for some seconds.
    """

    where: Path

    def describe(self) -> str:
        return "blank sdb"

    def perform(self, host: Host, report: Report) -> None:
        del host, report
        trouble = self.where / "trouble-undo"
        if trouble.exists():
            if trouble.read_text() == "crash":
                raise _error("crash")
            if trouble.read_text() == "killed":
                trouble.unlink()
                subprocess.Popen(["sleep", f"{LEFT}"], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
                os.kill(os.getpid(), signal.SIGKILL)
            raise StepFailed("sdb is busy.", "Free it.")
        (self.where / "blanked").touch()


@dataclass
class FakeStep(Step):
    """A step that writes its id into ``effects`` when it has done its work.

    ``trouble`` names a file that, while it exists, makes the step fail with what it holds: "fail",
    "fell-back" or "crash". ``seconds`` is how long the work takes.
    """

    id: str  # type: ignore[misc]
    effects: Path
    erased: Side | None = None
    after_reboot: bool = False  # type: ignore[misc]
    seconds: float = 0.0
    knows: bool = False  # whether done() can tell from the effects
    title: str = field(default="")  # type: ignore[misc]
    during: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.title = self.id.replace("-", " ").capitalize()

    @property
    def trouble(self) -> Path:
        return self.effects.with_name(f"trouble-{self.id}")

    def erases(self, plan: Plan) -> DiskRef | None:
        return None if self.erased is None else plan.disk(self.erased)

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del plan, machine
        return (Said(f"do {self.id}"),)

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        del machine, plan
        return self.id in effects(self.effects) if self.knows else None

    def run(self, host: Host, plan: Plan, machine: Machine, report: Report) -> None:
        del host, plan, machine
        report.note(f"doing {self.id}")
        if self.trouble.exists():
            raise _error(self.trouble.read_text())
        if self.during is not None:
            self.during()
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            time.sleep(0.005)
            report.progress(1, 2, text=self.id)
        if self.erased is Side.MIRROR:  # the real one takes the boot loader's mark back
            World(self.effects.with_name("world")).set(ran=False)
        with self.effects.open("a") as file:
            file.write(f"{self.id}\n")
        report.result(f"{self.id} went well")


def _error(kind: str) -> Exception:
    errors: dict[str, BootmirrorError] = {
        "fail": StepFailed("It broke.", "Mend it."),
        "fell-back": FellBack("The array did not come up.", "Try again."),
    }
    return errors.get(kind) or RuntimeError("a fault")


def effects(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def recipe(path: Path, seconds: float = 0.0, knows: bool = False) -> tuple[FakeStep, ...]:
    """The shape of the real recipe, shortened."""

    def step(step_id: str, erased: Side | None = None, after: bool = False) -> FakeStep:
        return FakeStep(step_id, path, erased, after, seconds, knows)

    return (
        step("check"),
        step("partition-mirror", Side.MIRROR),
        step("make-filesystems"),
        step("copy-system"),
        step("arm-first-boot"),
        step("final-copy"),
        step("reboot"),
        step("confirm-first-boot", after=True),
        step("read-back-mirror", after=True),
        step("partition-source", Side.SOURCE, after=True),
        step("resync", after=True),
        step("verify", after=True),
    )


FIRST_HALF = [
    "check", "partition-mirror", "make-filesystems", "copy-system", "arm-first-boot",
    "final-copy", "reboot",
]


@dataclass
class World:
    """What the fake surroundings answer; a test changes it as the machine would change.

    It is kept in a file, so that a worker in another process sees the same.
    """

    path: Path

    def set(self, **facts: object) -> None:
        new = self.path.with_name(f"{self.path.name}.new")
        new.write_text(json.dumps({**self._facts(), **facts}))
        new.replace(self.path)  # in one instant: a screen may be reading it

    def _facts(self) -> dict[str, object]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def _names(self, fact: str) -> tuple[str, ...]:
        found = self._facts().get(fact, [])
        assert isinstance(found, list)
        return tuple(found)

    def _held(self, arrays: Sequence[str]) -> tuple[str, ...]:
        """By the fact "holding"; of an array it does not name by itself ("md5 sdc"), all of it."""
        own = [fact.split() for fact in self._names("holding")]
        foreign = {names[0]: tuple(names[1:]) for names in own if len(names) > 1}
        ours = tuple(names[0] for names in own if len(names) == 1)
        return tuple(dict.fromkeys(disk for a in arrays for disk in foreign.get(a, ours)))

    def _renamed(self, plan: Plan) -> Plan:
        """By the fact "called": what the disks' names are by now, by id."""
        called = self._facts().get("called", {})
        assert isinstance(called, dict)
        source, mirror = (replace(ref, name=called.get(ref.id, ref.name))
                          for ref in (plan.source, plan.mirror))
        return replace(plan, source=source, mirror=mirror)

    def around(self, explain: Callable[[Host, Plan], str] | None = None) -> Surroundings:
        def compare(_plan: Plan, _machine: Machine, scope: str) -> Sequence[str]:
            return self._names(scope)

        return Surroundings(
            today=self._renamed,
            boot_id=lambda: str(self._facts().get("boot_id", "boot-1")),
            root_on_md=lambda: bool(self._facts().get("md", False)),
            lacking=lambda: self._names("lacking"),
            holding=self._held,
            look=lambda _host: machine(),
            compare=compare,  # type: ignore[arg-type]
            explain=explain or (lambda _host, _plan: "GRUB found no array."),
            mirror_ran=lambda _plan: bool(self._facts().get("ran", False)),
            cannot_rehearse=lambda _uefi: str(self._facts().get("lacks", "")),
            clock=lambda: time.time() + float(self._facts().get("skew", 0)),  # type: ignore[arg-type]
        )
