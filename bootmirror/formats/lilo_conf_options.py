"""lilo.conf's text to options, as cfg.c of LILO reads it: words, ``=``, quotes, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.formats.complaint import Complaint

SECTIONS = ("disk", "image", "other")

_SKIP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_PLAIN = re.compile(r"(?:[^ \t\r\n#=\\]+|\\.|\\\n)+", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\\n]+|\\.)*)("?)', re.DOTALL)
_ESCAPED = re.compile(r'\\(?:(["\\])|\n[ \t]*)')
_CONTINUED = re.compile(r"\\\n|\\(.)", re.DOTALL)


@dataclass(frozen=True)
class LiloOption:
    """One option. ``start`` and ``end`` are its places in the text, from 0."""

    name: str  # in lower case
    value: str | None  # None for an option without one
    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True)
class LiloToken:
    """A word, unquoted, or a sign; ``start`` and ``end`` are its places in the text, from 0."""

    text: str
    start: int
    end: int
    sign: bool = False  # an = outside quotes
    closed: bool = True


def options_of(text: str) -> tuple[tuple[LiloOption, ...], tuple[Complaint, ...]]:
    """All options in their order, and what cannot be read. Never raises."""
    places = _Places(text)
    options: list[LiloOption] = []
    complaints: list[Complaint] = []
    tokens = list(tokens_of(text))
    i = 0
    while i < len(tokens):
        name = tokens[i]
        line, column = places.of(name.start)
        if name.sign:
            complaints.append(Complaint(
                line, column, "There is no option before this =", "write NAME=VALUE"
            ))
            i += 1
            continue
        value, i = _value(tokens, i)
        for token in (name, value):
            if token is not None and not token.closed:
                complaints.append(Complaint(
                    *places.of(token.start), "A quote is opened here and not closed",
                    'close it with "; to go on in the next line end this one with \\',
                ))
        if i < 0:
            complaints.append(Complaint(
                line, column, f"{name.text} has an = and no value", "write the value after it"
            ))
            i = len(tokens)
        end = value.end if value else name.end
        options.append(LiloOption(
            name.text.lower(), value.text if value else None, line, column, name.start, end
        ))
    return tuple(options), tuple(complaints)


def _value(tokens: list[LiloToken], i: int) -> tuple[LiloToken | None, int]:
    """The value of the option at ``i`` and the index after it; -1 when the file ends too early."""
    if i + 1 >= len(tokens) or not tokens[i + 1].sign:
        return None, i + 1
    if i + 2 >= len(tokens):
        return None, -1
    return tokens[i + 2], i + 3


def tokens_of(text: str) -> Iterator[LiloToken]:
    """The words and signs of a text, comments left out."""
    place = 0
    while True:
        skipped = _SKIP.match(text, place)
        place = skipped.end() if skipped else place
        if place >= len(text):
            return
        token = _token(text, place)
        yield token
        place = token.end


def _token(text: str, place: int) -> LiloToken:
    if text[place] == "=":
        return LiloToken("=", place, place + 1, sign=True)
    if text[place] == '"' and (found := _QUOTED.match(text, place)):
        value = _ESCAPED.sub(lambda m: m[1] or " ", found[1])
        return LiloToken(value, place, found.end(), closed=bool(found[2]))
    if found := _PLAIN.match(text, place):
        return LiloToken(_CONTINUED.sub(lambda m: m[1] or "", found.group()), place, found.end())
    return LiloToken(text[place], place, place + 1)  # a backslash at the very end


class _Places:
    """Offsets to lines and columns; asked in rising order, so that a long file stays quick."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._restart()

    def _restart(self) -> None:
        self._offset = 0
        self._line = 1
        self._start = 0  # of the line

    def of(self, offset: int) -> tuple[int, int]:
        if offset < self._offset:
            self._restart()
        passed = self._text.count("\n", self._offset, offset)
        if passed:
            self._line += passed
            self._start = self._text.rfind("\n", self._offset, offset) + 1
        self._offset = offset
        return self._line, offset - self._start + 1
