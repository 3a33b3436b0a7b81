"""A terminal's screen as an SVG picture."""

from __future__ import annotations

import io
import re
from itertools import groupby

import pyte
from pyte.screens import Char
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

# pyte's names for the eight colours where rich has others; "bright…" of them likewise.
_NAMES = {"brown": "yellow"}
_BLANKS = re.compile(r"( {2,}|^ | $)")
# The exporter asks for a font from a server; a picture in a repository should load nothing.
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def _colour(name: str) -> Color | None:
    """pyte's colour (a name, or six hexadecimal digits) as rich's; None for the default."""
    if name == "default":
        return None
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return Color.parse(f"#{name}")
    bright, base = name.startswith("bright"), name.removeprefix("bright")
    base = _NAMES.get(base, base)
    return Color.parse(f"bright_{base}" if bright else base)


def _style(cell: Char) -> Style:
    return Style.from_color(_colour(cell.fg), _colour(cell.bg)) + Style(
        bold=cell.bold, italic=cell.italics, underline=cell.underscore, reverse=cell.reverse,
        strike=cell.strikethrough,
    )


def svg(terminal: pyte.Screen, title: str = "bootmirror") -> str:
    """The picture of what a terminal shows now; the same screen gives the same text."""
    console = Console(
        record=True, width=terminal.columns, file=io.StringIO(), force_terminal=True,
        color_system="truecolor", legacy_windows=False,
    )
    for y in range(terminal.lines):
        line = Text(no_wrap=True, overflow="crop")
        cells = [terminal.buffer[y][x] for x in range(terminal.columns)]
        for style, run in groupby(cells, _style):
            # Blanks apart: some viewers drop those at the ends of a text.
            for part in _BLANKS.split("".join(cell.data for cell in run)):
                line.append(part, style)
        console.print(line, soft_wrap=True)
    picture = console.export_svg(title=title, unique_id="bootmirror")
    return "\n".join(part.rstrip() for part in _FONT_FACE.sub("", picture).splitlines()) + "\n"
