"""What a screen may ask of the engine: the whole door between tui/ and bootmirror/.

Two kinds implement it: LiveSession (this machine, bootmirror.engine.live) and ReplaySession (a
captured machine, read-only, bootmirror.engine.replay). Every method may take a while; screens call
them from a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bootmirror.engine.view import ConversionView
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.rehearsal.settings import DEFAULT, Settings


@dataclass(frozen=True)
class StepActions:
    """A step of the plan and all it will do, each as text a sysadmin can read and check."""

    id: str
    title: str
    erases: str  # id of the disk whose content is lost, or ""
    after_reboot: bool
    actions: tuple[str, ...]


class Session(Protocol):
    """The engine as a screen sees it."""

    read_only: bool  # a replayed machine: everything can be looked at, nothing can be done

    def look(self) -> Machine:
        """Take a new snapshot of the machine (about as long as lsblk takes)."""
        ...

    def glance(self, machine: Machine) -> Machine:
        """The same machine with its arrays (/proc/mdstat, sysfs) and configuration files read anew.

        Cheap: no program is run.
        """
        ...

    def view(self) -> ConversionView:
        """Where the conversion stands: journal, lock and progress file."""
        ...

    def source_refusals(self, machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
        """Why this disk cannot be the source; empty when it can."""
        ...

    def mirror_refusals(
        self, machine: Machine, source_id: str, disk_id: str, allow_removable: bool = False
    ) -> tuple[Refusal, ...]:
        """Why this disk cannot be the mirror of that source; empty when it can."""
        ...

    def choose(self, source_id: str, mirror_id: str, allow_removable: bool = False) -> Choices:
        """New choices, with a fresh seed."""
        ...

    def plan(self, machine: Machine, choices: Choices) -> Plan:
        """The plan for these facts and choices (pure). Raises Refused."""
        ...

    def actions(self, machine: Machine, plan: Plan) -> tuple[StepActions, ...]:
        """Every step of the plan with what it will do."""
        ...

    def approved(self) -> Plan | None:
        """The plan of the conversion under way, if there is one."""
        ...

    def approve(self, plan: Plan) -> None:
        """Begin a conversion with this plan. Raises Refused, StalePlan."""
        ...

    def consent(self, step_id: str, typed: str) -> None:
        """Record that the user typed a disk's id for this step. Raises NoConsent if it differs."""
        ...

    def start(self) -> None:
        """Start the worker; it goes on from where the journal says. Raises Refused."""
        ...

    def pause(self, wanted: bool) -> None:
        """Ask the worker to stop after the present step, or take that back."""
        ...

    def retry(self) -> None:
        """Before starting again: after a fall-back, make the steps that must run anew wait for it.
        After a failed or interrupted step nothing is needed."""
        ...

    def reboot(self) -> None:
        """Restart the machine; only in Phase.REBOOT. Raises Refused otherwise."""
        ...

    def undo(self) -> None:
        """While the source is whole: stop the arrays, remove the boot entry, blank the mirror.

        Where view().mirror_newer it wants consent("undo", the mirror's id) first. Raises NoConsent.
        """
        ...

    def rehearse(self, disk_id: str, settings: Settings = DEFAULT) -> None:
        """Begin to boot that disk alone in a virtual machine (view().rehearsable names those that
        can be); before the reboot it is the first boot that is rehearsed. The disk is only read.

        A process of its own does it and outlives the screen: follow view().rehearsal; what it found
        is in view().proofs. Raises Refused: no qemu, no room, a worker or a rehearsal at work.
        """
        ...

    def stop_rehearsal(self) -> None:
        """Switch the rehearsal's machine off and wait for its end. Nothing is recorded of it.

        Harmless when none runs.
        """
        ...

    def log_path(self) -> str:
        """Where the full log lies, for the person who wants all of it."""
        ...
