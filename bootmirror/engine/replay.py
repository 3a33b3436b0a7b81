"""A captured machine behind the door of session.py: all can be looked at, nothing done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NoReturn

from bootmirror.engine.listing import step_actions
from bootmirror.engine.session import StepActions
from bootmirror.engine.view import ConversionView, Phase
from bootmirror.errors import Refused
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals
from bootmirror.steps.step import Step


class ReplaySession:
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

    def source_refusals(self, machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
        return (*machine_refusals(machine), *source_refusals(machine, disk_id))

    def mirror_refusals(
        self, machine: Machine, source_id: str, disk_id: str, allow_removable: bool = False
    ) -> tuple[Refusal, ...]:
        return mirror_refusals(machine, source_id, disk_id, allow_removable)

    def choose(self, source_id: str, mirror_id: str, allow_removable: bool = False) -> Choices:
        return Choices(source_id, mirror_id, str(uuid.uuid4()), allow_removable)

    def plan(self, machine: Machine, choices: Choices) -> Plan:
        from bootmirror.plan.planner import make_plan  # noqa: PLC0415 - keeps status quick

        return make_plan(machine, choices)

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

    def log_path(self) -> str:
        return ""

    def _refuse(self) -> NoReturn:
        raise Refused(
            "This is a recording of a machine: it can only be looked at.",
            "Start bootmirror on the machine itself, without --machine.",
        )
