"""Follow the worker through the journal: progress on a terminal, a line per step elsewhere."""

from __future__ import annotations

import shutil
import sys
import time

from bootmirror.cli.output import duration, print_json, view_json
from bootmirror.cli.telling import complain, tell
from bootmirror.engine.session import Session
from bootmirror.engine.view import ConversionView, Phase, Progress, StepState, StepView
from bootmirror.errors import LEFT, ExitCode
from bootmirror.host.clean import visible
from bootmirror.sizes import readable

POLL = 0.5  # seconds

# What a phase means to the caller once the worker has ended.
CODES = {
    Phase.DONE: ExitCode.DONE,
    Phase.REBOOT: ExitCode.REBOOT_NOW,
    Phase.CONSENT: ExitCode.REFUSED,
    Phase.NONE: ExitCode.REFUSED,  # another bootmirror undid it meanwhile
    Phase.PAUSED: ExitCode.NEEDS_PERSON,
    Phase.FELL_BACK: ExitCode.NEEDS_PERSON,
}


def follow(
    session: Session, before: ConversionView, *, json: bool = False, poll: float = POLL
) -> int:
    """Until the worker ends; the exit code that says how. Ctrl-C leaves: the work goes on.

    What was finished ``before`` is not told again.
    """
    told = _Teller(json, before)
    try:
        while (view := session.view()).phase is Phase.RUNNING:
            told.at_work(view)
            time.sleep(poll)
    except KeyboardInterrupt:
        told.clear()
        complain("left; the work goes on. Watch it with bootmirror status, follow it with "
                 "bootmirror resume.")
        return LEFT
    code = exit_code(view)
    told.end(view, code)
    return code


def exit_code(view: ConversionView) -> int:
    """A failed step ends with its own error's code."""
    if view.phase is Phase.FAILED and view.exit_code:
        return view.exit_code
    if view.too_early:
        return int(ExitCode.NEEDS_PERSON)
    return int(CODES.get(view.phase, ExitCode.FAILED))


class _Teller:
    """Prints each finished step once, and the present one's progress where that can be redrawn."""

    def __init__(self, json: bool, before: ConversionView) -> None:
        self._json = json
        self._terminal = sys.stdout.isatty() and not json
        self._finished = _finished(before)

    def at_work(self, view: ConversionView) -> None:
        self._steps(view)
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{visible(progress_line(view))[:width]}", end="", flush=True)

    def clear(self) -> None:
        if self._terminal:
            print("\r\033[K", end="", flush=True)

    def end(self, view: ConversionView, code: int) -> None:
        self._steps(view)
        self.clear()
        if self._json:
            print_json({"event": "end", "exit_code": code, "conversion": view_json(view)})
            return
        tell(view.headline)
        if code not in (ExitCode.DONE, ExitCode.REBOOT_NOW):
            reason = f"{view.message} {view.hint}".strip() or view.next
            complain(reason)
        elif view.next:
            tell(view.next)

    def _steps(self, view: ConversionView) -> None:
        fresh = _finished(view) - self._finished
        self._finished |= fresh
        for step in view.steps:
            if step.id in fresh:
                self._tell(step)

    def _tell(self, step: StepView) -> None:
        if self._json:
            print_json({
                "event": "step", "id": step.id, "seconds": step.seconds, "result": step.message,
            })
            return
        self.clear()
        took = duration(step.seconds or 0)
        tell(f"{step.id:20} {took:>7}  {step.message or 'done'}")


def _finished(view: ConversionView) -> set[str]:
    return {step.id for step in view.steps if step.state is StepState.FINISHED}


def progress_line(view: ConversionView) -> str:
    """copy-system  52.3%  1.1 of 2.1 GB  96 MB/s  0:11 left"""
    step, progress = view.current, view.progress
    if step is None:
        return view.headline
    parts = [step.id, duration(step.seconds or 0)]
    if progress is not None:
        parts += _figures(progress)
    return "  ".join(part for part in parts if part)


def _figures(progress: Progress) -> list[str]:
    parts = [f"{progress.fraction:.1%}"] if progress.total else []
    if progress.unit == "bytes" and progress.total:
        parts.append(f"{readable(progress.done)} of {readable(progress.total)}")
    if progress.speed:
        parts.append(f"{readable(progress.speed)}/s")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return [*parts, progress.text]
