"""What a configuration file changes, and what follows from it."""

from __future__ import annotations

import difflib

from rich.cells import chop_cells, set_cell_size

from bootmirror.host.clean import visible
from bootmirror.plan.model import ConfigFile
from tui.text import EMPTY, Line, Span, line, wrap

PIECES = 12  # rows at most for one line of a file


def difference_lines(config: ConfigFile, text: str, width: int) -> list[Line]:
    """Against today's file ("new file" where there is none), then the effects of the text.

    ``text`` is what stands in the editor now, which may be newer than ``config.text``.
    """
    lines = wrap(config.purpose, width - 1, " ", "bold", " ") if config.purpose else []
    return [*lines, *_changes(config.current, text, width), *_effects(config, width)]


def _changes(current: str | None, text: str, width: int) -> list[Line]:
    if current is None:
        return [line(Span(" new file", "good"))]
    if current == text:
        return [line(" nothing changes in today's file")]
    return [line(" against today's file"), *changed_lines(current, text, width)]


def changed_lines(before: str, after: str, width: int) -> list[Line]:
    """What changed from one text to the other, each line with its - or +."""
    lines: list[Line] = []
    found = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=1)
    for number, entry in enumerate(found):
        if number < 2:  # the names of the two files
            continue
        style = {"+": "good", "-": "bad", "@": "dim"}.get(entry[:1], "")
        most = width * PIECES
        content = set_cell_size(visible(entry[:most].expandtabs(4)), most).rstrip()
        lines += [line(Span(f" {piece}", style)) for piece in _pieces(content, width - 1)]
        if len(entry) > most:
            lines.append(line(Span(f"    and {len(entry) - most} more characters", "dim")))
    return lines


def _pieces(text: str, width: int) -> list[str]:
    """A line cut at the width, the rest moved in: a config's blanks are kept as they are."""
    first = chop_cells(text, max(2, width))[:1]
    rest = text[len("".join(first)) :]
    return [*first, *(f"    {piece}" for piece in chop_cells(rest, max(2, width - 4)))]


def _effects(config: ConfigFile, width: int) -> list[Line]:
    if not config.effects:
        return []
    title = "would run; barred by the complaints" if config.errors else "will run"
    lines: list[Line] = [EMPTY, line(Span(f" {title}", "bold"))]
    for effect in config.effects:
        lines += wrap(effect, width - 1, "    ", "", "  ")
    return lines
