"""Where a conversion stands, as readers see it: derived from journal, lock and progress only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bootmirror.actions.report import Progress
from bootmirror.rehearsal.outcome import Stage, Verdict

__all__ = [
    "UNDO", "ConversionView", "Phase", "Progress", "Proof", "RehearsalView", "Stage", "StepState",
    "StepView", "Verdict",
]

UNDO = "undo"  # stands where a step's id stands: in consents, in records


class Phase(StrEnum):
    """Where a conversion stands."""

    NONE = "none"  # no conversion was approved
    APPROVED = "approved"  # approved, the worker has not begun
    RUNNING = "running"  # the worker is at work
    PAUSED = "paused"  # stopped after a step because the user asked for it
    CONSENT = "consent"  # the next step erases a disk: waits for consent
    REBOOT = "reboot"  # the first half is done: reboot now
    REBOOTED = "rebooted"  # the machine has rebooted, nobody has looked yet
    FELL_BACK = "fell-back"  # the first boot did not come up on the array
    FAILED = "failed"  # a step failed
    INTERRUPTED = "interrupted"  # a step had begun but no worker is at work (power cut, kill)
    DONE = "done"


class StepState(StrEnum):
    """What the journal says of one step."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class StepView:
    """One step as the Run screen and ``status --json`` show it."""

    id: str
    title: str
    state: StepState
    seconds: float | None = None  # how long it took, or has been running
    message: str = ""  # why it failed, or what it found
    hint: str = ""
    after_reboot: bool = False
    erases: str = ""  # the id of the disk whose content is lost


@dataclass(frozen=True)
class Proof:
    """What the last rehearsal of a disk found, as the journal keeps it."""

    disk: str  # its id
    at: float  # when it ended, seconds since the epoch
    verdict: Verdict
    reason: str  # a sentence: what the console, or the system itself, said
    hint: str = ""  # a sentence: what to do; "" where it is proved
    seconds: float = 0.0
    first_boot: bool = False  # the one-shot first boot was rehearsed, not the disk by itself

    @property
    def proved(self) -> bool:
        return self.verdict is Verdict.PROVED


@dataclass(frozen=True)
class RehearsalView:
    """The rehearsal that runs, or the last one since the machine started."""

    disk: str  # id of the disk
    running: bool
    stage: Stage
    seconds: float  # since its beginning; how long it took, once it has ended
    limit: float  # seconds it may take
    console: tuple[str, ...] = ()  # the last lines, cleaned; the very last one may go on growing
    accelerator: str = ""  # "kvm", "tcg" (slow: emulated); "" before the machine is on
    first_boot: bool = False
    verdict: Verdict | None = None  # None: it runs, was stopped, or could not be carried out
    reason: str = ""  # why that verdict; why it ended without one
    hint: str = ""
    began: float = 0.0  # seconds since the epoch: tells it from the disk's rehearsal before
    refused: bool = False  # it ended without a verdict because it was not to begin


@dataclass(frozen=True)
class ConversionView:
    """One conversion as readers see it."""

    phase: Phase
    headline: str  # one line in words: where it stands and what is safe now
    next: str = ""  # one line: what the user can do now
    plan_id: str = ""
    steps: tuple[StepView, ...] = ()
    progress: Progress | None = None
    consent_step: str = ""  # in Phase.CONSENT: the step that waits …
    consent_disk: str = ""  # … and the id of the disk it erases
    output: tuple[str, ...] = ()  # the last lines of commands and their output
    message: str = ""  # failure or fall-back: what happened
    hint: str = ""
    mirror_newer: bool = False  # this is the old system, and the mirror ran the machine after it
    pausing: bool = False  # a pause was asked for
    exit_code: int = 0  # in Phase.FAILED: the error's, see errors.ExitCode
    rehearsable: tuple[str, ...] = ()  # ids of the disks that rehearse() would take now
    rehearse_hint: str = ""  # what lacks for that, where it would be time to rehearse
    rehearsal: RehearsalView | None = None
    proofs: tuple[Proof, ...] = ()  # the last of each disk
    undoing: bool = False  # an undo runs, or was cut off or failed
    too_early: bool = False  # the machine runs from the mirror before its copy was finished

    @property
    def current(self) -> StepView | None:
        live = (StepState.RUNNING, StepState.FAILED, StepState.INTERRUPTED)
        return next((s for s in self.steps if s.state in live), None)

    def proof(self, disk_id: str) -> Proof | None:
        """What the last rehearsal of that disk found."""
        return next((p for p in self.proofs if p.disk == disk_id), None)
