"""What all screens look at: the last facts, the choices, the plan. Changed only by the app."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bootmirror.engine.session import Session
from bootmirror.engine.view import ConversionView, Phase, StepState, StepView
from bootmirror.errors import BootmirrorError
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.choices import Choices, SwapChoice
from bootmirror.plan.model import ConfigFile, Plan, Side, SwapForm
from tui.glyphs import Glyphs
from tui.rehearsals import Rehearsals

Refusals = dict[str, tuple[Refusal, ...]]
RESTARTS = "The machine restarts when this is done. p pauses before that."


@dataclass(frozen=True)
class Facts:
    """One look: machine, conversion, its plan if one was approved, why which disk is refused."""

    machine: Machine
    view: ConversionView
    approved: Plan | None
    sources: Refusals = field(default_factory=dict)
    mirrors: Refusals = field(default_factory=dict)


@dataclass
class State:
    """The screens' common state."""

    session: Session
    glyphs: Glyphs
    facts: Facts
    source_id: str = ""
    mirror_id: str = ""
    allow_removable: bool = False
    choices: Choices | None = None
    plan: Plan | None = None
    problem: BootmirrorError | None = None  # why there is no plan for the present edits
    planning: bool = False
    rebooting: bool = False  # a reboot was asked for; it follows the copy that it waits for
    blind: BootmirrorError | None = None  # why what is shown may not be how it is now
    clock: Callable[[], float] = time.time  # seconds since the epoch

    @property
    def machine(self) -> Machine:
        return self.facts.machine

    @property
    def view(self) -> ConversionView:
        return self.facts.view

    @property
    def rehearsals(self) -> Rehearsals:
        return Rehearsals(self.view, self.machine, self.facts.approved, self.clock())

    @property
    def phase(self) -> Phase:
        return self.facts.view.phase

    @property
    def shown_plan(self) -> Plan | None:
        """The approved plan, else the one being made."""
        return self.facts.approved or self.plan

    @property
    def changed_on_disk(self) -> tuple[ConfigFile, ...]:
        """The files of the plan being made that are not what they were when it was made."""
        if self.phase is not Phase.NONE or self.plan is None:
            return ()
        return tuple(c for c in self.plan.configs if self.machine.file(c.path) != c.current)

    @property
    def swap(self) -> SwapChoice | None:
        """Where the shown plan puts swap partitions; None when there are none."""
        forms = {swap.form for swap in self.shown_plan.swaps} if self.shown_plan else set()
        if SwapForm.ARRAY in forms:
            return SwapChoice.MD
        return SwapChoice.PLAIN if SwapForm.PARTITION in forms else None

    @property
    def edited(self) -> bool:
        """Whether the user changed a file of a plan that is not approved yet."""
        return self.phase is Phase.NONE and bool(self.choices and self.choices.edits)

    def disk(self, side: Side) -> Disk | None:
        """The disk on that side: of the approved plan, else the chosen one."""
        if self.facts.approved is not None:
            ref = self.facts.approved.disk(side)
            return next((d for d in self.machine.disks if ref.matches(d)), None)
        return self.machine.disk(self.source_id if side is Side.SOURCE else self.mirror_id)

    def propose(self) -> None:
        """Choose what there is no choice about: the only source, the only mirror."""
        if not self.source_id:
            self.source_id = _only(self.facts.sources)
        if not self.mirror_id:
            self.mirror_id = _only(self.facts.mirrors)

    def obstacles(self) -> tuple[Refusal, ...]:
        """What is refused for every disk alike: it lies with the machine, not with a disk."""
        first, *others = self.facts.sources.values() or ((),)
        return tuple(reason for reason in first if all(reason in other for other in others))

    def headline(self) -> str:
        """Where it stands, what is safe now, and what to do next: one or two sentences."""
        view = self.view
        if self.blind is not None:
            return f"What is shown is from before: {self.blind.message} {self.blind.hint}".strip()
        if view.phase is Phase.NONE:
            # The engine knows no choices; what is next is known here.
            return f"{view.headline} Next: {self._next()}"
        if self.rehearsals.running is not None:
            return f"{view.headline} Next: wait for the end of the rehearsal, or stop it."
        restarts = self.rebooting and view.phase is Phase.RUNNING and not view.pausing
        told = RESTARTS if restarts else view.next
        if not told or told.startswith("Nothing"):
            return view.headline
        if view.phase is Phase.RUNNING:
            return f"{view.headline} {told}"
        return f"{view.headline} Next: {_lowered(view.next)}"

    def _next(self) -> str:
        if self.obstacles():
            return "mend what stands in the way."
        if not self.source_id:
            return "see why no disk can be the source (s)."
        if not self.mirror_id:
            return "choose the mirror disk (m)."
        if self.plan is None:
            return "make the plan (enter)."
        if self.changed_on_disk:
            return f"decide about {names_of(self.changed_on_disk)}, changed on disk (2, ctrl+r)."
        return "read the configs (2), accept them, then review the steps."


def names_of(configs: Sequence[ConfigFile]) -> str:
    """ "fstab", "fstab and grub" """
    *others, last = [config.name for config in configs]
    return f"{', '.join(others)} and {last}" if others else last


def _lowered(sentence: str) -> str:
    """A sentence to stand after "Next:"; names such as GRUB keep their capitals."""
    return sentence if sentence[:2].isupper() else sentence[:1].lower() + sentence[1:]


def _only(refusals: Refusals) -> str:
    """The id of the disk that is not refused, where there is exactly one."""
    offered = [disk_id for disk_id, reasons in refusals.items() if not reasons]
    return offered[0] if len(offered) == 1 else ""


def look(session: Session, source_id: str = "") -> Facts:
    """A whole look at machine and conversion. Takes as long as lsblk; raises BootmirrorError."""
    machine = session.look()
    view = _view(session)
    approved = session.approved() if view.phase is not Phase.NONE else None
    if view.phase is not Phase.NONE:
        return Facts(machine, view, approved)
    ids = [disk.id for disk in machine.disks]
    sources = {disk_id: session.source_refusals(machine, disk_id) for disk_id in ids}
    source = source_id or _only(sources)
    mirrors = {i: session.mirror_refusals(machine, source, i) for i in ids} if source else {}
    return Facts(machine, view, approved, sources, mirrors)


def glance(session: Session, before: Facts) -> Facts | None:
    """A cheap look: arrays, configuration files and conversion; None when a whole look is due.

    One is due when a step or the phase changed, or when arrays or members came or went.
    """
    view = _view(session)
    # When it was taken is no change of the machine.
    machine = replace(session.glance(before.machine), taken_at=before.machine.taken_at)
    if _shape(machine, view) != _shape(before.machine, before.view):
        return None
    return Facts(machine, view, before.approved, before.sources, before.mirrors)


def _view(session: Session) -> ConversionView:
    """Where it stands. A step that had begun when an undo did is not at work, though its record
    says no more than that.
    """
    view = session.view()
    if not view.undoing or view.phase is not Phase.RUNNING:
        return view
    return replace(view, steps=tuple(map(_cut_off, view.steps)))


def _cut_off(step: StepView) -> StepView:
    if step.state is not StepState.RUNNING:
        return step
    return replace(step, state=StepState.INTERRUPTED, seconds=None)


def _shape(machine: Machine, view: ConversionView) -> object:
    steps = tuple((step.id, step.state) for step in view.steps)
    arrays = tuple((a.uuid, tuple(m.name for m in a.members), a.working) for a in machine.arrays)
    return view.phase, view.plan_id, steps, arrays
