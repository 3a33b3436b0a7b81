"""Lines of styled text: what every pane of a screen is made of.

Panes are computed by plain functions (facts in, lines out) and painted by widgets.canvas. Nothing
here is ever read as markup, so a disk label like ``EVIL[/foo]`` is only text. What a terminal would
obey is written out as in bootmirror.host.clean: where text is folded or cut, and once more by the
canvas, before it is painted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.style import Style

from bootmirror.host.clean import odd, visible

# The 16 colours of every terminal, by their names, so that the person's own palette is kept.
STYLES: dict[str, Style] = {
    "": Style(),
    "title": Style(reverse=True),
    "bold": Style(bold=True),
    "dim": Style(color="bright_black"),
    "good": Style(color="green"),
    "bad": Style(color="red", bold=True),
    "warn": Style(color="yellow"),
    "bar": Style(color="cyan"),
    "key": Style(color="cyan", bold=True),
    "cursor": Style(reverse=True),
    "frame": Style(color="blue"),
}


class Span(NamedTuple):
    """A piece of a line; ``style`` is a name in STYLES."""

    text: str
    style: str = ""


Line = tuple[Span, ...]
EMPTY: Line = ()


def line(*parts: str | Span) -> Line:
    """A line of plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def plain(content: Line) -> str:
    """The line's text without its styles."""
    return "".join(span.text for span in content)


def width_of(content: Line) -> int:
    """The width of a line in terminal cells."""
    return sum(cell_len(span.text) for span in content)


def fit(content: Line, width: int, cut: str = "") -> Line:
    """The line made exactly ``width`` cells wide; ``cut`` marks the end of one that was longer."""
    missing = width - width_of(content)
    if missing >= 0:
        return (*content, Span(" " * missing)) if missing else content
    room = width - cell_len(cut)
    kept: list[Span] = []
    for span in content:
        size = cell_len(span.text)
        if size >= room:
            kept.append(Span(set_cell_size(span.text, max(0, room)) + cut, span.style))
            break
        kept.append(span)
        room -= size
    return tuple(kept)


def wrap(text: str, width: int, indent: str = "", style: str = "", first: str = "") -> list[Line]:
    """Text folded at blanks into lines of at most ``width`` cells.

    ``first`` stands before the first line, ``indent`` before the others.
    """
    text = visible(" ".join(text.split()))
    lines: list[Line] = []
    now, lead = "", first
    for word in _words(text, max(1, width - max(cell_len(indent), cell_len(first)))):
        longer = f"{now} {word}" if now else word
        if now and cell_len(lead) + cell_len(longer) > width:
            lines.append((Span(lead), Span(now, style)))
            now, lead = word, indent
        else:
            now = longer
    return [*lines, (Span(lead), Span(now, style))]


def signed(sign: str, text: str, style: str, width: int) -> list[Line]:
    """Text folded behind the sign of a state, both in the state's style."""
    lead = f" {sign:2} "
    first, *others = wrap(text, width - 1, " " * len(lead), style, " " * len(lead))
    return [(Span(lead, style), *first[1:]), *others]


def _words(text: str, width: int) -> Iterable[str]:
    """The words of a text; one longer than a line is cut, where it has a joint if that is near."""
    near = 4 * width + 4  # characters: all that can be in a line; a word may be very long
    for word in text.split():
        rest = word
        while cell_len(head := rest[:near]) > width:
            piece = chop_cells(head, width)[0] or head[0]  # at least one: it must come to its end
            joint = max(piece.rfind(sign) for sign in ":,=/") + 1
            piece = piece[:joint] if joint > len(piece) // 2 else piece
            yield piece
            rest = rest[len(piece) :]
        yield rest


def beside(
    left: Sequence[Line], right: Sequence[Line], left_width: int, right_width: int, divider: Span
) -> list[Line]:
    """Two columns of lines, side by side, as many rows as the longer has."""
    rows = max(len(left), len(right))
    both = zip(padded(left, rows), padded(right, rows), strict=True)
    return [(*fit(a, left_width), divider, *fit(b, right_width)) for a, b in both]


def padded(lines: Sequence[Line], rows: int) -> list[Line]:
    """The lines with empty ones after them, exactly ``rows``."""
    return [*lines[:rows], *([EMPTY] * (rows - len(lines)))]


def rule(title: str, width: int, horizontal: str) -> Line:
    """A horizontal line with a title in it."""
    if not title:
        return (Span(horizontal * width, "frame"),)
    rest = width - cell_len(title) - 3
    return (
        Span(horizontal, "frame"),
        Span(f" {title} ", "bold"),
        Span(horizontal * max(0, rest), "frame"),
    )


def columns(rows: Sequence[Sequence[str]], gap: str = " ") -> list[str]:
    """Rows of cells, each column as wide as its widest cell; the last is not padded."""
    if not rows:
        return []
    rows = [[visible(cell) for cell in row] for row in rows]
    sizes = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        gap.join(set_cell_size(cell, size) for cell, size in zip(row, sizes, strict=True)).rstrip()
        for row in rows
    ]


def short(text: str, width: int, cut: str = "…") -> str:
    """The text, or as much of it as fits ``width`` cells, ``cut`` at its end: beside a label of
    any length the rest of its line must be seen."""
    shown = visible(text)
    if cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, max(0, width - cell_len(cut))).rstrip() + cut


def sign_for_sign(text: str) -> str:
    """The text with one sign in place of each character that a terminal would obey, or not show.

    For an editor, whose cursor counts characters: elsewhere such a one is written out. Tabs stay.
    """
    signs = list(text)
    for place, _ in odd(text):
        signs[place] = "\t" if text[place] == "\t" else _sign(text[place])
    return "".join(signs)


def _sign(char: str) -> str:
    """Of U+2400 and following for a control character of ASCII, else the replacement character."""
    if char < " ":
        return chr(0x2400 + ord(char))
    return "␡" if char == "\x7f" else "\ufffd"
