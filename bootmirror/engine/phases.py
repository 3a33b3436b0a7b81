"""The rules that say where a conversion stands. Pure: journal, lock, boot and root decide.

The state directory is copied onto the new root inside the reboot step, after its start was written
and before its finish. So on the array a reboot step that has merely started is one that is done;
on the old disk it is one that was interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.engine.history import History
from bootmirror.engine.view import Phase, StepState
from bootmirror.plan.model import DiskRef, Plan
from bootmirror.steps.step import Step

REBOOT, CONFIRM = "reboot", "confirm-first-boot"
FELL_BACK = "FellBack"


@dataclass(frozen=True)
class Now:
    """What is so at this moment, beside the journal."""

    at_work: bool  # a worker holds the lock
    boot_id: str
    root_on_md: bool
    lacking: tuple[str, ...] = ()  # arrays that have not all their halves in sync
    holding: tuple[str, ...] = ()  # disks that hold the halves in sync of these
    mirror_newer: bool = False  # this is the old system, and the mirror ran the machine after it


@dataclass(frozen=True)
class Standing:
    """A phase, and the step it speaks of: the one at work, failed, interrupted, or next."""

    phase: Phase
    step: Step | None = None


def standing(history: History, plan: Plan | None, steps: Sequence[Step], now: Now) -> Standing:
    """Where the conversion stands. The order of the questions is the rule."""
    if plan is None:
        return Standing(Phase.NONE)
    following = next_step(history, steps, now)
    if now.at_work:
        return Standing(Phase.RUNNING, following)
    if history.undoing or too_early(history, steps, now):
        return Standing(Phase.INTERRUPTED, None)
    if fell_back(history, plan, steps, now):
        return Standing(Phase.FELL_BACK, following)
    if following is None:
        return Standing(Phase.DONE)
    return Standing(_phase(history, plan, following, now), following)


def _phase(history: History, plan: Plan, following: Step, now: Now) -> Phase:
    state = state_of(history, following.id, now)
    if state is StepState.FAILED:
        fallen = history.step(following.id).error == FELL_BACK
        return Phase.FELL_BACK if fallen else Phase.FAILED
    if state is StepState.INTERRUPTED:
        return Phase.INTERRUPTED
    if following.after_reboot and _same_boot(history, now):
        return Phase.REBOOT
    if wanted_consent(history, plan, following) is not None:
        return Phase.CONSENT
    return _idle(history, following)


def _idle(history: History, following: Step) -> Phase:
    """Nothing stands in the way, and nobody is at work."""
    if history.pausing or history.taken_back:
        return Phase.PAUSED
    if following.after_reboot and not _begun_after_reboot(history):
        return Phase.REBOOTED
    begun = any(step.state is not StepState.WAITING for step in history.steps.values())
    waiting = history.last_kind in ("approved", "consent", "retry", "again", "pause")
    return Phase.APPROVED if waiting or not begun else Phase.INTERRUPTED


def next_step(history: History, steps: Sequence[Step], now: Now) -> Step | None:
    """The first step that is not finished; None when all are."""
    return next(
        (s for s in steps if state_of(history, s.id, now) is not StepState.FINISHED), None
    )


def state_of(history: History, step_id: str, now: Now) -> StepState:
    """One step's state, with what the journal could not know worked in."""
    state = history.step(step_id).state
    if step_id == REBOOT and came_up(history, now):
        return StepState.FINISHED
    if state is StepState.RUNNING and not now.at_work:
        return StepState.INTERRUPTED
    return state


def came_up(history: History, now: Now) -> bool:
    """Whether this is the array's system, after the reboot of this conversion."""
    step = history.step(REBOOT)
    begun = step.state in (StepState.RUNNING, StepState.INTERRUPTED, StepState.FINISHED)
    return begun and now.root_on_md and step.boot_id != now.boot_id


def fell_back(history: History, plan: Plan, steps: Sequence[Step], now: Now) -> bool:
    """Whether the machine has rebooted and is on its old disk all the same.

    The mirror can have run without the reboot step being finished on this disk's record: after a
    power cut in it, or a final copy that was to be made again and failed while the boot was still
    chosen. Going on would copy the old system over it.
    """
    step = history.step(REBOOT)
    rebooted = step.state is StepState.FINISHED and step.boot_id != now.boot_id
    ran = now.mirror_newer and _erasing(history, plan, steps) == {StepState.FINISHED}
    return (rebooted or ran) and not now.root_on_md


def too_early(history: History, steps: Sequence[Step], now: Now) -> bool:
    """Whether the machine runs from the array although the first half was not through."""
    known = any(step.id == REBOOT for step in steps)
    return known and now.root_on_md and state_of(history, REBOOT, now) is not StepState.FINISHED


def wanted_consent(history: History, plan: Plan, step: Step) -> DiskRef | None:
    """The disk this step erases without anybody having consented to it; None when all is well."""
    disk = step.erases(plan)
    if disk is None or (step.id, disk.id) in history.consents:
        return None
    return disk


def mirror_changed(history: History, plan: Plan, steps: Sequence[Step]) -> bool:
    """Whether a step that erases has ever begun in this conversion."""
    return any(s.id in history.ever_started and s.erases(plan) is not None for s in steps)


def source_changed(history: History, plan: Plan, steps: Sequence[Step]) -> bool:
    """Whether the source disk has begun to be erased: from here there is no way back."""
    return any(
        s.after_reboot and s.id in history.ever_started and s.erases(plan) is not None
        for s in steps
    )


def mirror_kept(history: History, plan: Plan, steps: Sequence[Step], now: Now) -> bool:
    """On the old system: whether a mirror that ran the machine, if it did, is as it was then, as
    no new try has begun to erase it."""
    begun = _erasing(history, plan, steps) - {StepState.WAITING, StepState.FINISHED}
    return REBOOT in history.ever_started and not now.root_on_md and not begun


def _erasing(history: History, plan: Plan, steps: Sequence[Step]) -> set[StepState]:
    """The states of the steps before the reboot that erase a disk."""
    return {history.step(s.id).state for s in steps
            if not s.after_reboot and s.erases(plan) is not None}


def _same_boot(history: History, now: Now) -> bool:
    step = history.step(REBOOT)
    return step.state is StepState.FINISHED and step.boot_id == now.boot_id


def _begun_after_reboot(history: History) -> bool:
    """Whether a step has ended in this or another boot than the reboot step's, after it.

    The first boot is confirmed by itself when the system is up: that begins nothing yet.
    """
    reboot = history.step(REBOOT)
    return any(
        step.boot_id != reboot.boot_id and step.began >= reboot.began
        for name, step in history.steps.items()
        if name not in (REBOOT, CONFIRM)
    )
