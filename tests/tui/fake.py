"""A session on a scripted machine: walks through the phases of a conversion, touches nothing.

``python -m tests.tui.fake`` opens the full screen on it; it works by itself.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace

from bootmirror.engine.session import StepActions
from bootmirror.engine.view import (
    UNDO,
    ConversionView,
    Phase,
    Progress,
    Proof,
    RehearsalView,
    StepState,
    StepView,
)
from bootmirror.errors import NoConsent, Refused
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.rehearsal.settings import DEFAULT, Settings
from tests.tui import machines, plans, rehearsals

REBOOT_AT = 10  # how many steps come before the reboot
COPY, RESYNC = 4, 14
IDS = tuple(step[0] for step in plans.STEPS)
SAFE = "sda is still whole: a reboot brings back today's system."


class FakeSession:
    """What a test sets: ``phase``, ``at`` (the index of the present step), ``fraction`` of it.

    With ``pace`` (seconds a step) it works by itself once started.
    """

    def __init__(self, *, read_only: bool = False, pace: float = 0.0) -> None:
        self.read_only = read_only
        self.phase = Phase.NONE
        self.at = 0
        self.fraction = 0.0
        self.facts: Machine = machines.machine()
        self.frozen_seconds = 12.0
        self.calls: list[tuple[str, ...]] = []
        self.consents: set[str] = set()
        self.pausing = False
        self.mirror_newer = False
        self.undoing = False
        self.too_early = False
        self.failure: tuple[str, str] = ("", "")
        self.refuse: Refused | None = None  # raised by the next doing call
        self.rehearse_hint = ""  # what lacks for a rehearsal
        self.rehearsal: RehearsalView | None = None
        self.proofs: tuple[Proof, ...] = ()
        self._plan: Plan | None = None
        self._pace = pace
        self._lock = threading.RLock()

    # -- looking ----------------------------------------------------------------------------

    def look(self) -> Machine:
        return self.glance(self.facts)

    def glance(self, machine: Machine) -> Machine:
        del machine
        return self.facts

    def view(self) -> ConversionView:
        with self._lock:
            return ConversionView(
                phase=self.phase,
                headline=self._headline(),
                next=self._next(),
                plan_id=self._plan.id if self._plan else "",
                steps=self._steps(),
                progress=self._progress(),
                output=self._output(),
                consent_step=IDS[self.at] if self.phase is Phase.CONSENT else "",
                consent_disk=plans.STEPS[self.at][2] if self.phase is Phase.CONSENT else "",
                message=self.failure[0],
                hint=self.failure[1],
                pausing=self.pausing,
                mirror_newer=self.mirror_newer,
                rehearsable=() if self.rehearse_hint else self._rehearsable(),
                rehearse_hint=self.rehearse_hint if self._rehearsable() else "",
                rehearsal=self.rehearsal,
                proofs=self.proofs,
                undoing=self.undoing,
                too_early=self.too_early,
            )

    def _rehearsable(self) -> tuple[str, ...]:
        """The first boot before the reboot, each disk when all is done."""
        return {
            Phase.REBOOT: (rehearsals.MIRROR,),
            Phase.DONE: (rehearsals.SOURCE, rehearsals.MIRROR),
        }.get(self.phase, ())

    def _headline(self) -> str:
        title = plans.STEPS[min(self.at, len(IDS) - 1)][1]
        return {
            Phase.NONE: "Not mirrored. Nothing has been changed.",
            Phase.RUNNING: f"{title}. {SAFE}" if self.at < REBOOT_AT else f"{title}.",
            Phase.PAUSED: f"Paused. {SAFE}",
            Phase.CONSENT: f"Waiting for your consent before {IDS[min(self.at, len(IDS) - 1)]}.",
            Phase.REBOOT: "The mirror is ready to be booted once. " + SAFE,
            Phase.REBOOTED: "The machine has rebooted.",
            Phase.FELL_BACK: "The first boot did not come up: the machine is back on sda.",
            Phase.FAILED: f"A step failed. {SAFE}",
            Phase.INTERRUPTED: f"The work was interrupted. {SAFE}",
            Phase.DONE: "Mirrored. Both disks hold the whole system.",
        }.get(self.phase, f"{title}.")

    def _next(self) -> str:
        return {
            Phase.REBOOT: "Reboot now.",
            Phase.REBOOTED: "Go on.",
            Phase.PAUSED: "Go on.",
            Phase.FAILED: "Try again, or undo.",
            Phase.FELL_BACK: "Try again, or undo.",
        }.get(self.phase, "")

    def _steps(self) -> tuple[StepView, ...]:
        if self.phase is Phase.NONE:
            return ()
        return tuple(self._step(i) for i in range(len(IDS)))

    def _step(self, i: int) -> StepView:
        step_id, title, _, after, _ = plans.STEPS[i]
        state, seconds, message, hint = StepState.WAITING, None, "", ""
        if i < self.at or self.phase is Phase.DONE:
            state, seconds = StepState.FINISHED, 1.0 + i
        elif i == self.at and self.phase is Phase.RUNNING:
            state, seconds = StepState.RUNNING, self.frozen_seconds
        elif i == self.at and self.phase in (Phase.FAILED, Phase.FELL_BACK):
            state, seconds, (message, hint) = StepState.FAILED, 3.0, self.failure
        elif i == self.at and self.phase is Phase.INTERRUPTED:
            state = StepState.INTERRUPTED
        return StepView(step_id, title, state, seconds, message, hint, after)

    def _progress(self) -> Progress | None:
        if self.phase is not Phase.RUNNING or self.at not in (COPY, RESYNC):
            return None
        if self.at == RESYNC:
            sync = self.facts.arrays[0].sync
            assert sync is not None
            return Progress(
                "resync",
                sync.done,
                sync.total,
                speed=sync.speed,
                seconds_left=sync.seconds_left,
                text="md0: recovery",
            )
        total, files = 2_100 * machines.MB, 72_445
        done = int(total * self.fraction)
        return Progress(
            "copy-system",
            done,
            total,
            files_done=int(files * self.fraction),
            files_total=files,
            speed=96 * machines.MB,
            seconds_left=(total - done) // (96 * machines.MB),
            text="usr/lib/x86_64-linux-gnu/libc.so.6",
        )

    def _output(self) -> tuple[str, ...]:
        if self.phase is Phase.NONE:
            return ()
        return ("$ rsync -aHAXSx --numeric-ids", "sending incremental file list", "usr/lib/")

    def source_refusals(self, machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
        del machine
        if disk_id == "184732A":
            return ()
        return (
            Refusal(
                "not-the-root",
                "It does not hold the running system; that is sda.",
                "Choose sda as the source.",
            ),
        )

    def mirror_refusals(
        self, machine: Machine, source_id: str, disk_id: str, allow_removable: bool = False
    ) -> tuple[Refusal, ...]:
        disk = machine.disk(disk_id)
        assert disk is not None
        if disk_id == source_id:
            return (Refusal("same-disk", f"{disk.name} cannot mirror itself.", "Choose another."),)
        if disk.name == "sdc":
            return (
                Refusal(
                    "mounted",
                    "sdc1 is mounted on /backup.",
                    "Unmount it (umount /backup) if it may be erased.",
                ),
            )
        if disk.removable and not allow_removable:
            return (Refusal("removable", f"{disk.name} is a removable disk.", "Allow it."),)
        return ()

    def choose(self, source_id: str, mirror_id: str, allow_removable: bool = False) -> Choices:
        return Choices(
            source_id, mirror_id, "6a1c9d5e-0000-4000-8000-000000000001", allow_removable
        )

    def plan(self, machine: Machine, choices: Choices) -> Plan:
        return plans.plan(machine, choices)

    def actions(self, machine: Machine, plan: Plan) -> tuple[StepActions, ...]:
        del machine, plan
        return plans.actions()

    def approved(self) -> Plan | None:
        return self._plan

    def log_path(self) -> str:
        return "/var/lib/bootmirror/log"

    # -- doing ------------------------------------------------------------------------------

    def _do(self, *call: str) -> None:
        self.calls.append(call)
        if self.read_only:
            raise Refused("This is a captured machine: nothing can be done on it.")
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error

    def approve(self, plan: Plan) -> None:
        self._do("approve", plan.id)
        self._plan, self.phase = plan, Phase.APPROVED

    def consent(self, step_id: str, typed: str) -> None:
        self._do("consent", step_id, typed)
        wanted = rehearsals.MIRROR if step_id == UNDO else plans.STEPS[IDS.index(step_id)][2]
        if typed != wanted:
            raise NoConsent(
                f"{typed!r} is not the disk {step_id} erases.", "Type it again.", wanted
            )
        self.consents.add(step_id)

    def start(self) -> None:
        self._do("start")
        wanted = plans.STEPS[self.at][2] if self.at < len(IDS) else ""
        if wanted and IDS[self.at] not in self.consents:
            self.phase = Phase.CONSENT
            raise NoConsent(f"{IDS[self.at]} erases a disk.", "Consent to it.", wanted)
        self.phase = Phase.RUNNING
        if self._pace:
            threading.Thread(target=self._work, daemon=True).start()

    def pause(self, wanted: bool) -> None:
        self._do("pause", str(wanted))
        self.pausing = wanted

    def retry(self) -> None:
        self._do("retry")
        self.phase = Phase.PAUSED

    def reboot(self) -> None:
        self._do("reboot")
        self.phase = Phase.REBOOTED
        self.facts = machines.on_mirror()

    def undo(self) -> None:
        self._do("undo")
        self._plan, self.phase, self.at = None, Phase.NONE, 0
        self.facts = machines.machine()

    def rehearse(self, disk_id: str, settings: Settings = DEFAULT) -> None:
        del settings
        self._do("rehearse", disk_id)
        if disk_id not in self._rehearsable():
            raise Refused("This is no time to rehearse.", self.rehearse_hint)
        self._rehearsed(rehearsals.running(disk_id, 0, first_boot=self.phase is Phase.REBOOT))
        if self._pace:
            threading.Thread(target=self._boot, args=(disk_id,), daemon=True).start()

    def stop_rehearsal(self) -> None:
        self._do("stop_rehearsal")
        with self._lock:
            if self.rehearsal is not None and self.rehearsal.running:
                self.rehearsal = rehearsals.stopped(self.rehearsal)

    # -- the script -------------------------------------------------------------------------

    def stand(self, phase: Phase, at: int = 0, fraction: float = 0.0) -> FakeSession:
        """Put the conversion into this state."""
        with self._lock:
            if phase is not Phase.NONE and self._plan is None:
                choices = self.choose("184732A", "184733C")
                self._plan = plans.plan(machines.machine(), choices)
            self.phase, self.at, self.fraction = phase, at, fraction
            self.facts = _machine_at(phase, at, fraction)
        return self

    def _work(self) -> None:
        """Carry out steps until one needs a person."""
        while self.at < len(IDS):
            needs = plans.STEPS[self.at][2]
            if needs and IDS[self.at] not in self.consents:
                return self._stop(Phase.CONSENT)
            if self.pausing:
                self.pausing = False
                return self._stop(Phase.PAUSED)
            self._work_step()
            if self.at == REBOOT_AT:
                return self._stop(Phase.REBOOT)
        return self._stop(Phase.DONE)

    def _work_step(self) -> None:
        began, length = time.monotonic(), self._pace * (8 if self.at in (COPY, RESYNC) else 1)
        while (passed := time.monotonic() - began) < length:
            self.stand(Phase.RUNNING, self.at, passed / length)
            self.frozen_seconds = passed
            time.sleep(0.2)
        self.stand(Phase.RUNNING, self.at + 1)

    def _boot(self, disk_id: str) -> None:
        """Show the console line by line, up to the proof; a stop ends it."""
        first_boot = self.phase is Phase.REBOOT
        for lines in range(len(rehearsals.CONSOLE) + 1):
            with self._lock:
                if self.rehearsal is None or not self.rehearsal.running:
                    return
                self._rehearsed(rehearsals.running(disk_id, lines, first_boot=first_boot))
            time.sleep(self._pace)
        self._rehearsed(rehearsals.proved(disk_id, first_boot=first_boot))

    def _rehearsed(self, view: RehearsalView) -> None:
        """Take it in; what came to an end is a proof too."""
        with self._lock:
            self.rehearsal = view
            if view.verdict is not None:
                others = tuple(p for p in self.proofs if p.disk != view.disk)
                self.proofs = (*others, rehearsals.proof(view))

    def _stop(self, phase: Phase) -> None:
        self.stand(phase, self.at)


def _machine_at(phase: Phase, at: int, fraction: float) -> Machine:
    if phase is Phase.DONE or at > RESYNC:
        return machines.mirrored()
    if at == RESYNC:
        return machines.resyncing(fraction)
    if at >= REBOOT_AT and phase is not Phase.REBOOT and phase is not Phase.FELL_BACK:
        return machines.on_mirror()
    return machines.half_mirrored() if at > 1 else machines.machine()


def hostile(session: FakeSession) -> FakeSession:
    """Labels and models such as a disk may hold, after they were cleaned where they entered."""
    first, second, *rest = session.facts.disks
    evil = replace(second, model="EVIL[/foo]", serial="[@click=app.quit]x[/]")
    session.facts = replace(session.facts, disks=(first, evil, *rest))
    return session


if __name__ == "__main__":
    from tui.app import run

    sys.exit(run(FakeSession(pace=float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)))
