"""The tabs above the configuration files, and the complaints under them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bootmirror.errors import BootmirrorError
from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.plan.model import ConfigFile, Plan
from tui.glyphs import Glyphs
from tui.state import names_of
from tui.text import Line, Span, line, width_of, wrap

MORE = "… "
LONGEST = 4  # rows for one complaint: it may quote a word of any length


def tab_line(
    plan: Plan, text_of: Callable[[ConfigFile], str], at: int, width: int
) -> Line:
    """The files' names; the present one in brackets, ``*`` for edited, ``!`` for errors.

    Where they do not fit, the present one and its neighbours; an ellipsis stands for the others.
    """
    spans: list[Span] = []
    for i, config in enumerate(plan.configs):
        edited = "*" if text_of(config) != config.generated else ""
        name = f"{config.name}{edited}{'!' if config.errors else ''}"
        spans.append(Span(f"[{name}]", "bold") if i == at else Span(f" {name} "))
    first, last = _around(spans, at, width - 2 * len(MORE))
    before = [Span(MORE, "dim")] if first else []
    after = [Span(MORE, "dim")] if last < len(spans) else []
    return (*before, *spans[first:last], *after)


def _around(spans: Sequence[Span], at: int, width: int) -> tuple[int, int]:
    """The widest run of spans with the one at ``at`` in it: the first's index, and the end."""
    first, last = at, at + 1
    while True:
        room = width - width_of(tuple(spans[first:last]))
        if last < len(spans) and width_of((spans[last],)) <= room:
            last += 1
        elif first and width_of((spans[first - 1],)) <= room:
            first -= 1
        else:
            return first, last


def counted(plan: Plan) -> str:
    """ "no complaints", "1 complaint", "2 complaints" """
    count = sum(len(config.complaints) for config in plan.configs)
    return f"{count or 'no'} complaint{'' if count == 1 else 's'}"


def changed_lines(changed: Sequence[ConfigFile], width: int) -> list[Line]:
    """That files were changed on disk, and the way out."""
    if not changed:
        return []
    text = (f"{names_of(changed)} {'was' if len(changed) == 1 else 'were'} changed on disk after "
            "this plan was made: take from disk, or keep the text as it stands here (ctrl+r).")
    return wrap(text, width - 1, "   ", "warn", " ! ")


def complaint_lines(
    plan: Plan, config: ConfigFile, here: Sequence[Complaint], width: int, glyphs: Glyphs
) -> list[Line]:
    """The complaints about one file, each with line:column; what else there is to say of it.

    Those in ``here``, about the line with the cursor, come first.
    """
    lines: list[Line] = []
    for complaint in [*here, *(c for c in config.complaints if c not in here)]:
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


def shortened(lines: Sequence[Line], rows: int, more: str) -> list[Line]:
    """The first lines, and in the last row that there are more."""
    if len(lines) <= rows:
        return list(lines)
    return [*lines[: rows - 1], line(Span(f"   {more}", "dim"))]


def _complaint(complaint: Complaint, width: int, glyphs: Glyphs) -> list[Line]:
    bad = complaint.severity is Severity.ERROR
    sign = glyphs.bad if bad else "! "
    text = str(complaint)[: width * LONGEST]
    return wrap(text, width - 1, "      ", "bad" if bad else "warn", f" {sign}")[:LONGEST]


def problem_lines(problem: BootmirrorError, width: int, glyphs: Glyphs) -> list[Line]:
    """Why there is no plan for the present text."""
    text = f"{problem.message} {problem.hint}"
    return wrap(text, width - 1, "   ", "bad", f" {glyphs.bad}")
