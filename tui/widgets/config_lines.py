"""The tabs above the configuration files, and the complaints under them."""

from __future__ import annotations

from collections.abc import Mapping

from bootmirror.errors import BootmirrorError
from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.plan.model import ConfigFile, Plan
from tui.glyphs import Glyphs
from tui.text import Line, Span, line, printable, wrap


def tab_line(plan: Plan, edits: Mapping[str, str], at: int) -> Line:
    """The files' names; the present one in brackets, ``*`` for edited, ``!`` for errors."""
    spans: list[Span] = []
    for i, config in enumerate(plan.configs):
        edited = "*" if edits.get(config.path, config.text) != config.generated else ""
        name = f"{config.name}{edited}{'!' if config.errors else ''}"
        spans.append(Span(f"[{name}]", "bold") if i == at else Span(f" {name} "))
    return tuple(spans)


def counted(plan: Plan) -> str:
    """ "no complaints", "1 complaint", "2 complaints" """
    count = sum(len(config.complaints) for config in plan.configs)
    return f"{count or 'no'} complaint{'' if count == 1 else 's'}"


def complaint_lines(plan: Plan, config: ConfigFile, width: int, glyphs: Glyphs) -> list[Line]:
    """The complaints about one file, each with line:column; what else there is to say of it."""
    lines: list[Line] = []
    for complaint in config.complaints:
        lines += _complaint(complaint, width, glyphs)
    if lines:
        return lines
    if not config.editable:
        text = f"{config.name} follows from the plan and is not edited here."
        lines += wrap(text, width - 1, " ", "dim", " ")
    elsewhere = sorted({c.name for c, _ in plan.errors})
    if elsewhere:
        text = f"Complaints in {', '.join(elsewhere)}: see there (ctrl+n)."
        lines += wrap(text, width - 1, "   ", "bad", f" {glyphs.bad}")
    elif not lines:
        lines += [line(Span(f" {glyphs.ok}nothing to complain about", "good"))]
    return lines


def _complaint(complaint: Complaint, width: int, glyphs: Glyphs) -> list[Line]:
    bad = complaint.severity is Severity.ERROR
    sign = glyphs.bad if bad else "! "
    text = printable(str(complaint))
    return wrap(text, width - 1, "      ", "bad" if bad else "warn", f" {sign}")


def problem_lines(problem: BootmirrorError, width: int, glyphs: Glyphs) -> list[Line]:
    """Why there is no plan for the present text."""
    text = f"{problem.message} {problem.hint}"
    return wrap(text, width - 1, "   ", "bad", f" {glyphs.bad}")
