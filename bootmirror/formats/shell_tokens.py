"""The tokens of the lines of a settings file that the shell sources."""

from __future__ import annotations

from bootmirror.formats.shell_words import NAME, WordReader, after_blanks
from bootmirror.formats.tokens import Kind, Token, Tokens, value_kind, with_comment

HIDDEN = "\\"  # a backslash hides the newline: the word goes on


def shell_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    """Names and values, the latter over several lines; see tokens.Lexer."""
    return _tokens(line, inside, appends=False)


def bash_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    """The same in a file that bash reads, which knows ``+=``."""
    return _tokens(line, inside, appends=True)


def _tokens(line: str, inside: str, *, appends: bool) -> tuple[Tokens, str]:
    text = f"{line}\n"
    tokens: list[Token] = []
    place = 0
    if inside:
        place, inside = _value(WordReader(text, 0), inside.removesuffix(HIDDEN), tokens)
    while not inside and (found := NAME.match(text, after_blanks(text, place))):
        if found[2] and not appends:
            break
        tokens.append(Token(found.start(), found.end(1), Kind.KEYWORD))
        place, inside = _value(WordReader(text, found.end()), "", tokens)
        after = after_blanks(text, place)
        place = after + 1 if text[after : after + 1] == ";" else after
    return with_comment(line, tokens, min(place, len(line))), inside


def _value(reader: WordReader, waiting: str, tokens: list[Token]) -> tuple[int, str]:
    """Read a value, add its token; the place after it, and what it leaves open."""
    start = reader.place
    reader.go_on(waiting)
    end = min(reader.place, len(reader.text) - 1)
    if end > start:
        tokens.append(Token(start, end, value_kind(reader.text[start:end].strip("\"'"))))
    hidden = HIDDEN if not reader.open and reader.place >= len(reader.text) else ""
    return reader.place, reader.open or hidden
