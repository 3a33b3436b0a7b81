"""What one step is about: its progress, why it failed, what it waits for, its output."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from bootmirror.engine.view import ConversionView, Phase, Progress, StepState, StepView
from tui.glyphs import Glyphs
from tui.text import EMPTY, Line, Span, line, wrap
from tui.words import left, size


def step_pane(
    view: ConversionView, step: StepView, asks: Sequence[Line], room: Size, glyphs: Glyphs
) -> list[Line]:
    """The pane. ``asks`` is what the conversion waits for a person to do, or nothing."""
    width, height = room
    top = wrap(step.title, width - 1, " ", "bold", " ")
    if view.progress is not None and view.progress.step == step.id:
        top += [EMPTY, *progress_lines(view.progress, width, glyphs)]
    bad = step.state in (StepState.FAILED, StepState.INTERRUPTED)
    current = view.current
    if step.message:
        top += [EMPTY, *wrap(step.message, width - 1, " ", "bad" if bad else "", " ")]
    if step.hint:
        top += wrap(step.hint, width - 1, " ", "", " ")
    if view.message and view.message != step.message and (current is None or current is step):
        top += [EMPTY, *wrap(view.message, width - 1, " ", "bad", " ")]
        top += wrap(view.hint, width - 1, " ", "", " ") if view.hint else []
    if asks:
        top += [EMPTY, *asks]
    if current is None or current is step or view.phase is Phase.DONE:
        top += _output(view.output, width, max(0, height - len(top) - 1))
    return top


def progress_lines(progress: Progress, width: int, glyphs: Glyphs) -> list[Line]:
    """Bar and per cent; how much of how much; speed and time left; what is being worked on."""
    fraction = progress.fraction
    bar = glyphs.bar(fraction, max(10, min(60, width - 9)))
    lines = [line(" ", Span(bar, "bar"), f" {100 * fraction:5.1f}%")] if progress.total else []
    amounts = _amounts(progress)
    if amounts:
        lines.append(line(f" {amounts}"))
    rate = f"{size(progress.speed)}/s" if progress.speed else ""
    pace = "  ".join(filter(None, (rate, left(progress.seconds_left))))
    if pace:
        lines.append(line(f" {pace}"))
    if progress.text:
        lines.append(line(Span(f" {progress.text}", "dim")))
    return lines


def _amounts(progress: Progress) -> str:
    """ "1.1 of 2.1 GB, 38210 of 72445 files"."""
    parts = []
    if progress.total and progress.unit == "bytes":
        parts.append(f"{size(progress.done)} of {size(progress.total)}")
    elif progress.total:
        parts.append(f"{progress.done} of {progress.total} {progress.unit}")
    if progress.files_total:
        parts.append(f"{progress.files_done} of {progress.files_total} files")
    return ", ".join(parts)


def _output(output: Sequence[str], width: int, rows: int) -> list[Line]:
    """The last of the output, long lines folded."""
    if not output or rows < 1:
        return []
    folded = [wrap(text, width - 1, "   ", "dim", " ") for text in output[-rows:]]
    return [EMPTY, *[row for rows_ in folded for row in rows_][-rows:]]
