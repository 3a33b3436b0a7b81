"""A captured machine behind the door of session.py: all can be looked at, nothing done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from bootmirror.engine.listing import step_actions
from bootmirror.engine.planning import Planning
from bootmirror.engine.session import StepActions
from bootmirror.engine.view import ConversionView, Phase
from bootmirror.errors import Refused
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.rehearsal.settings import DEFAULT, Settings
from bootmirror.steps.step import Step


class ReplaySession(Planning):
    """Implements bootmirror.engine.session.Session on one recorded snapshot."""

    read_only = True

    def __init__(self, machine: Machine, steps: Sequence[Step] | None = None) -> None:
        self._machine = machine
        self._steps = steps

    def look(self) -> Machine:
        return self._machine

    def glance(self, machine: Machine) -> Machine:
        return machine

    def view(self) -> ConversionView:
        return ConversionView(
            phase=Phase.NONE,
            headline=f"A recording of {self._machine.hostname}: look at all, change nothing.",
            next="Choose source and mirror to see what a plan would be.",
        )

    def actions(self, machine: Machine, plan: Plan) -> tuple[StepActions, ...]:
        if self._steps is None:
            from bootmirror.steps.recipe import STEPS  # noqa: PLC0415 - tests bring their own

            self._steps = STEPS
        return step_actions(self._steps, machine, plan)

    def approved(self) -> Plan | None:
        return None

    def approve(self, plan: Plan) -> None:
        del plan
        self._refuse()

    def consent(self, step_id: str, typed: str) -> None:
        del step_id, typed
        self._refuse()

    def start(self) -> None:
        self._refuse()

    def pause(self, wanted: bool) -> None:
        del wanted
        self._refuse()

    def retry(self) -> None:
        self._refuse()

    def reboot(self) -> None:
        self._refuse()

    def undo(self) -> None:
        self._refuse()

    def rehearse(self, disk_id: str, settings: Settings = DEFAULT) -> None:
        del disk_id, settings
        self._refuse()

    def stop_rehearsal(self) -> None:
        self._refuse()

    def log_path(self) -> str:
        return ""

    def _refuse(self) -> NoReturn:
        raise Refused(
            "This is a recording of a machine: it can only be looked at.",
            "Start bootmirror on the machine itself, without --machine.",
        )
