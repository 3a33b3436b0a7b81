"""Where a conversion stands, as readers see it: derived from journal, lock and progress only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bootmirror.actions.report import Progress

__all__ = ["ConversionView", "Phase", "Progress", "StepState", "StepView"]


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
    pausing: bool = False  # a pause was asked for
    exit_code: int = 0  # in Phase.FAILED: the error's, see errors.ExitCode

    @property
    def current(self) -> StepView | None:
        live = (StepState.RUNNING, StepState.FAILED, StepState.INTERRUPTED)
        return next((s for s in self.steps if s.state in live), None)
