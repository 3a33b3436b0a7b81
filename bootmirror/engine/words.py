"""Where a conversion stands, in words: one line that says what goes on and what is safe now."""

from __future__ import annotations

from collections.abc import Sequence

from bootmirror.engine.history import History
from bootmirror.engine.phases import (
    Now,
    Standing,
    mirror_changed,
    source_changed,
    state_of,
    too_early,
)
from bootmirror.engine.view import Phase, StepState, Verdict
from bootmirror.plan.model import Plan
from bootmirror.steps.step import Step

WIDTH = 76  # columns: a terminal of 80 with a border on each side
UNCHANGED = "Nothing has been changed."

DOING = {
    "check": "Checking.",
    "partition-mirror": "Partitioning.",
    "create-arrays": "Creating arrays.",
    "make-filesystems": "Formatting.",
    "copy-system": "Copying.",
    "write-configs": "Writing configs.",
    "build-initramfs": "Building initramfs.",
    "install-boot-loader": "Making it bootable.",
    "arm-first-boot": "Arming the first boot.",
    "final-copy": "Copying what changed.",
    "reboot": "Preparing the reboot.",
    "confirm-first-boot": "Looking where we are.",
    "read-back-mirror": "Reading the mirror.",
    "partition-source": "Partitioning.",
    "add-source": "Adding the old disk.",
    "resync": "Mirroring.",
    "boot-loader-on-both": "Making both bootable.",
    "verify": "Verifying.",
}


def headline(
    history: History, plan: Plan | None, steps: Sequence[Step], now: Now, at: Standing
) -> str:
    """One line, about as long as a terminal of 80 columns is wide."""
    if plan is None:
        return _nothing(history)
    unusual = _unusual(history, plan, steps, now, at)
    if unusual:
        return unusual
    safe = _safe(history, plan, steps, now)
    if at.phase in PHASES:
        return PHASES[at.phase].format(source=plan.source.name, mirror=plan.mirror.name)
    if at.phase is Phase.CONSENT and at.step:
        return _consent(plan, at.step, safe)
    return _fitted(_what(history, at, now), safe)


def _unusual(
    history: History, plan: Plan, steps: Sequence[Step], now: Now, at: Standing
) -> str:
    """What matters more than the phase; "" for nothing."""
    if too_early(history, steps, now):
        return "This is the unfinished mirror. Reboot: the machine goes back by itself."
    if at.phase is Phase.DONE and now.lacking:
        have = "has" if len(now.lacking) == 1 else "have"
        return f"{_and(now.lacking)} {have} only one half in sync. Leave both disks in."
    if now.mirror_newer and not now.at_work:
        return f"This is the old system on {plan.source.name}. The mirror ran since, and is newer."
    return ""


# What each phase says that tells all by itself.
PHASES = {
    Phase.REBOOT: "Ready to reboot. {source} is whole: the machine falls back to it.",
    Phase.REBOOTED: "The machine runs from the mirror. {source} still holds the old system.",
    Phase.FELL_BACK: "The mirror did not come up. The machine is back on {source}, whole.",
    Phase.DONE: "Mirrored. {source} and {mirror} both hold the system.",
}


def _and(names: Sequence[str]) -> str:
    """ "md0", "md0 and md1", "md0, md1 and md2"; beyond three, how many."""
    if len(names) > 3:  # more would not fit the line
        return f"{len(names)} arrays"
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _consent(plan: Plan, step: Step, safe: str) -> str:
    disk = step.erases(plan)
    name = disk.name if disk else "A disk"
    if step.after_reboot:
        return f"{name} is still whole, and will be erased next if you consent."
    if safe == UNCHANGED:
        return f"{safe} {name} will be erased next if you consent."
    return f"{name} will be erased next if you consent; {plan.source.name} is not touched."


def _what(history: History, at: Standing, now: Now) -> str:
    """The first sentence: what goes on, or has stopped."""
    step = at.step
    name = step.id if step else "the end"
    if history.undoing:
        return "Undoing." if now.at_work else "The undo was interrupted."
    if history.taken_back and at.phase is Phase.PAUSED:
        return "Nobody rebooted for an hour."
    told = {
        Phase.APPROVED: "Ready." if history.steps else "Approved, not begun.",
        Phase.PAUSED: f"Paused before {name}.",
        Phase.FAILED: f"{name} failed.",
        Phase.INTERRUPTED: f"Interrupted at {name}.",
    }
    return told.get(at.phase) or (doing(step) if step else "Finishing.")


def _fitted(what: str, safe: str) -> str:
    """Both sentences; of the second only its first half where all would be too long."""
    line = f"{what} {safe}"
    return line if len(line) <= WIDTH else f"{what} {safe.partition(':')[0].rstrip('.')}."


def doing(step: Step) -> str:
    """What a step at work is called."""
    return DOING.get(step.id, f"{step.title}.")


def _nothing(history: History) -> str:
    if history.left:
        return f"Undone, but {history.left}."
    if history.undone:
        return "Undone. The machine is as it was."
    return "Not mirrored. Nothing has been changed."


def _safe(history: History, plan: Plan, steps: Sequence[Step], now: Now) -> str:
    """What holds the data at this moment."""
    source, mirror = plan.source.name, plan.mirror.name
    if not mirror_changed(history, plan, steps):
        return UNCHANGED
    if source_changed(history, plan, steps):
        if state_of(history, "resync", now) is StepState.FINISHED and not now.lacking:
            return f"{source} and {mirror} both hold the system."
        return _halves(now.holding or (mirror,))
    if now.root_on_md:
        return f"The system runs from {mirror}; {source} is still whole."
    armed = state_of(history, "arm-first-boot", now) is not StepState.WAITING
    if armed and not history.taken_back:
        return f"{source} is still whole: a failing boot falls back to it."
    return f"{source} is still whole: a reboot brings back today's system."


def _halves(disks: Sequence[str]) -> str:
    """While the halves are not alike: by what md says, as either disk may have dropped out."""
    if len(disks) == 1:
        return f"{disks[0]} alone holds the system: leave it in."
    return f"{_and(disks)} hold it together: leave them in."


ADVICE = {
    Phase.RUNNING: "Nothing: you may leave, the work goes on.",
    Phase.APPROVED: "Start the work.",
    Phase.PAUSED: "Start the work.",
    Phase.REBOOT: "Reboot; then start bootmirror again.",
    Phase.REBOOTED: "Go on with the second half.",
    Phase.FELL_BACK: "Read why, then try again or undo.",
    Phase.DONE: "Verify now and then (bootmirror verify).",
}
REHEARSE_FIRST = "See it boot first (bootmirror rehearse), or reboot; then start bootmirror."
REHEARSE_EACH = "See each disk boot alone (bootmirror rehearse); verify now and then."
# What the rehearsal of the first boot found.
FIRST_BOOT = {
    Verdict.PROVED: "Reboot: its rehearsal came up. Then start bootmirror again.",
    Verdict.UNCONFIRMED: "Its rehearsal proved nothing: see why (bootmirror status). Or reboot.",
    Verdict.FAILED: "Its rehearsal did not come up: read why (bootmirror status), or undo.",
}


def advice(  # noqa: PLR0913 - the last one by name
    history: History,
    plan: Plan | None,
    steps: Sequence[Step],
    now: Now,
    at: Standing,
    *,
    can_rehearse: bool = False,
) -> str:
    """One line: what the user can do now. ``can_rehearse``: whether a disk's boot can be."""
    if plan is None and history.left:
        return "Leave that disk out, or wipe it before the machine boots from it."
    if plan is None:
        return "Choose source and mirror, and make a plan."
    if too_early(history, steps, now):
        return "Reboot; then go on (bootmirror resume)."
    if history.undoing:
        return "" if now.at_work else "Undo again."
    if now.mirror_newer and at.phase is Phase.FELL_BACK:
        return "Boot the mirror, to keep what it holds. A new try or an undo erases it."
    rehearse = _advice_of_rehearsals(history, plan, now, at, can_rehearse)
    return rehearse or _advice_in_phase(history, plan, steps, now, at)


def _advice_of_rehearsals(
    history: History, plan: Plan, now: Now, at: Standing, can_rehearse: bool
) -> str:
    """What rehearsals have found, or that there can be one; "" where that is no matter."""
    if at.phase is Phase.REBOOT:
        proof = history.proofs.get(plan.mirror.id)
        if proof is None:
            return REHEARSE_FIRST if can_rehearse else ""
        return FIRST_BOOT[proof.verdict]
    if at.phase is not Phase.DONE or now.lacking:
        return ""
    alone = [(disk, history.proofs.get(disk.id)) for disk in (plan.source, plan.mirror)]
    for disk, proof in alone:
        if proof is not None and proof.verdict is Verdict.FAILED:
            return f"{disk.name} was found not to boot: read why (bootmirror verify)."
    lacks = any(proof is None or proof.first_boot for _, proof in alone)
    return REHEARSE_EACH if lacks and can_rehearse else ""


def _advice_in_phase(
    history: History, plan: Plan, steps: Sequence[Step], now: Now, at: Standing
) -> str:
    if at.phase is Phase.RUNNING and history.pausing:
        return "It will pause after this step."
    disk = at.step.erases(plan) if at.step else None
    if at.phase is Phase.CONSENT and disk:
        return f"Consent by typing {disk.id}, the id of {disk.name}."
    if at.phase is Phase.DONE and now.lacking:
        return "Look at the arrays: one may be rebuilding, or a disk gone."
    way_back = not source_changed(history, plan, steps) and not now.root_on_md
    again = "Go on from this step, or undo." if way_back else "Go on from this step."
    return ADVICE.get(at.phase, again)
