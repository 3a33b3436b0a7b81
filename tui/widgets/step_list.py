"""The steps of the conversion with state and time, and the line where the machine reboots."""

from __future__ import annotations

from collections.abc import Sequence

from bootmirror.engine.view import StepState, StepView
from tui.glyphs import Glyphs
from tui.text import Line, Span, fit
from tui.words import clock

STYLE = {
    StepState.WAITING: "dim",
    StepState.RUNNING: "bold",
    StepState.FINISHED: "",
    StepState.FAILED: "bad",
    StepState.INTERRUPTED: "warn",
}


def step_list(
    steps: Sequence[StepView], selected: int, width: int, glyphs: Glyphs
) -> tuple[list[Line], int]:
    """The lines, and the row of the selected step."""
    lines: list[Line] = []
    row = 0
    for i, step in enumerate(steps):
        before = steps[max(0, i - 1)]
        if step.after_reboot and not before.after_reboot and before.id != "reboot":
            bar = glyphs.horizontal * 2
            lines.append((Span(f"  {bar} reboot {bar}", "dim"),))
        if i == selected:
            row = len(lines)
        lines.append(_line(step, i == selected, width, glyphs))
    return lines, row


def _line(step: StepView, selected: bool, width: int, glyphs: Glyphs) -> Line:
    sign = {
        StepState.WAITING: glyphs.wait,
        StepState.RUNNING: glyphs.run,
        StepState.FINISHED: glyphs.ok,
        StepState.FAILED: glyphs.bad,
        StepState.INTERRUPTED: glyphs.bad,
    }[step.state]
    style = STYLE[step.state]
    time = f"{clock(step.seconds):>7} "
    name = fit((Span(step.id, "cursor" if selected else style),), len(step.id))
    rest = width - 4 - len(step.id) - len(time)
    return (
        Span(">" if selected else " "),
        Span(f"{sign} "[:3], style),
        *name,
        Span(" " * max(0, rest)),
        Span(time, style),
    )
