"""The colours of a configuration file's lines. Only lines that changed are read again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from bootmirror.formats.tokens import Kind, Lexer, Tokens

# Of the 16 colours every terminal has: readable on black and on white; red and yellow complain.
KINDS: dict[Kind, Style] = {
    Kind.COMMENT: Style(color="bright_black"),
    Kind.KEYWORD: Style(color="cyan"),
    Kind.NUMBER: Style(color="magenta"),
    Kind.PLACE: Style(),
    Kind.VALUE: Style(color="green"),
}
LONGEST = 4096  # characters: a longer line is no setting, and is shown plain


class Colours:
    """The tokens of each line of a text, kept up with its changes."""

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._known: dict[tuple[str, str], tuple[Tokens, str]] = {}
        self._lines: list[Tokens] = []

    def follow(self, lines: Sequence[str]) -> None:
        """Read the lines that were not in the text before, or come after something else now."""
        before, self._known = self._known, {}
        self._lines = []
        inside = ""
        for line in lines:
            key = (line, inside)
            found = self._known.get(key) or before.get(key) or self._read(line, inside)
            self._known[key] = found
            self._lines.append(found[0])
            inside = found[1]

    def of(self, row: int) -> Tokens:
        return self._lines[row] if row < len(self._lines) else ()

    def _read(self, line: str, inside: str) -> tuple[Tokens, str]:
        return self._lexer(line, inside) if len(line) <= LONGEST else ((), "")
