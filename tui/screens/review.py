"""Review: every step with everything it will do, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from bootmirror.engine.session import StepActions
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from tui.keys import Key, bindings
from tui.screens.base import BaseScreen
from tui.state import State
from tui.text import EMPTY, Line, line, rule, wrap

KEYS = (
    Key("enter,a", "enter", "approve", "approve and start", "approve the plan and start the work"),
    Key("escape", "esc", "back", "back to the configs", "back to the configuration files"),
)
SCROLLING = Key("", "up down", "", "scroll", "")


class ReviewScreen(BaseScreen):
    """The list the worker will go by; scrolls."""

    place = "review"
    KEYS: ClassVar[tuple[Key, ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, state: State, plan: Plan, steps: Sequence[StepActions]) -> None:
        super().__init__(state)
        self.reviewed = plan
        self.steps = steps

    def headline_text(self) -> str:
        return (
            f"{self.state.view.headline} Next: read what each step will do, then approve (enter)."
        )

    def shown_keys(self) -> Iterable[Key]:
        return (*KEYS, SCROLLING)

    def body_lines(self, width: int, height: int) -> list[Line]:
        del height
        plan, glyphs = self.reviewed, self.state.glyphs
        title = f"REVIEW: {plan.source.name} to {plan.mirror.name}, {len(self.steps)} steps"
        lines = [rule(title, width, glyphs.horizontal)]
        rebooted = False
        for number, step in enumerate(self.steps, 1):
            if step.after_reboot and not rebooted:
                rebooted = True
                lines += [
                    EMPTY,
                    rule(
                        "reboot: from here on the machine runs from the mirror",
                        width,
                        glyphs.horizontal,
                    ),
                ]
            lines += [EMPTY, *step_lines(number, step, self.state.machine, width)]
        return lines

    def action_approve(self) -> None:
        self.desk.doing.approve(self.reviewed, self.steps)

    def action_back(self) -> None:
        self.desk.go("configs")


def step_lines(number: int, step: StepActions, machine: Machine, width: int) -> list[Line]:
    """One step: its title, what it erases, and each action."""
    lines = wrap(step.title, width - 1, "     ", "bold", f" {number:2}  ")
    if step.erases:
        disk = machine.disk(step.erases)
        name = f"{disk.name} ({step.erases})" if disk else step.erases
        lines += wrap(
            f"erases {name}; asks for your consent before", width - 1, "     ", "bad", "     "
        )
    for action in step.actions:
        lines += wrap(action, width - 1, "         ", "", "       ")
    return lines or [line(step.id)]
