"""A step of the conversion: what it is called, what it erases, what it does, whether it is done.

The list of actions is the step: the review screen, ``plan --dry-run``, the run and the log all use
the one list that ``actions`` gives, so nothing is done that was not shown.
"""

from __future__ import annotations

from typing import ClassVar

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import DiskRef, Plan


class Step:
    """Base of the steps. A step's file says the rest."""

    id: ClassVar[str]
    title: ClassVar[str]
    after_reboot: ClassVar[bool] = False

    def erases(self, plan: Plan) -> DiskRef | None:
        """The disk whose content is lost, or None. The engine wants a consent naming it."""
        del plan
        return None

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        """What it will do on this machine, in order."""
        raise NotImplementedError

    def done(self, machine: Machine, plan: Plan) -> bool | None:
        """Whether the facts show its work to be done; None when facts cannot tell."""
        del machine, plan
        return None

    def run(self, host: Host, plan: Plan, machine: Machine, report: Report) -> None:
        """Do all of it; ``machine`` are the facts of this moment. Raises BootmirrorError."""
        for action in self.actions(plan, machine):
            action.perform(host, report)
