"""Every step of a plan with what it will do, as text: for review before anything runs."""

from __future__ import annotations

from collections.abc import Sequence

from bootmirror.engine.session import StepActions
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.step import Step


def step_actions(
    steps: Sequence[Step], machine: Machine, plan: Plan
) -> tuple[StepActions, ...]:
    """Pure: describes, performs nothing."""
    return tuple(_one(step, machine, plan) for step in steps)


def _one(step: Step, machine: Machine, plan: Plan) -> StepActions:
    disk = step.erases(plan)
    described = tuple(action.describe() for action in step.actions(plan, machine))
    return StepActions(
        step.id, step.title, disk.id if disk else "", step.after_reboot, described
    )
