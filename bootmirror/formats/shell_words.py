"""Assignments in a file the shell sources: where each is, and what it assigns.

Only what settings files hold is understood: ``NAME=value``, with any mix of plain, '…' and "…"
pieces, over several lines where a quote or a backslash says so. Everything else is passed over.
Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting and 2.9.1 Simple Commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_BLANKS = re.compile(r"(?:[ \t]|\\\n)*")
_LINE = re.compile(r"[^\n]*\n?")
# Runs without a meaning of their own, taken at once: a megabyte must not go character by character.
_PLAIN = re.compile(r"""[^\s'"\\;&|<>()#$`]+""")
_SINGLE = re.compile(r"[^']*")
_DOUBLE = re.compile(r'[^"\\$`]+')
_ENDS = " \t\n\r\v\f;&|<>()"


@dataclass(frozen=True)
class Assignment:
    """One assignment. ``start`` and ``end`` are the places of the value in the text, from 0."""

    name: str
    value: str  # unquoted; what the shell would expand ($NAME, `command`) stays as written
    start: int
    end: int
    expands: bool  # holds something the shell would expand
    closed: bool  # every quote has its partner
    appends: bool = False  # NAME+=value, which bash knows and a plain shell does not


def assignments(text: str, *, appends: bool = False) -> Iterator[Assignment]:
    """The assignments that begin a line, or follow another on it or a ``;``.

    ``appends``: those with ``+=`` too, for files that bash reads.
    """
    place = 0
    while place < len(text):
        place = after_blanks(text, place)
        found = NAME.match(text, place)
        if found is None or (found[2] and not appends):
            place = _line_end(text, place)
            continue
        assignment = _value(text, found)
        place = after_blanks(text, assignment.end)
        yield assignment
        if place < len(text) and text[place] in ";\n":
            place += 1


def after_blanks(text: str, place: int) -> int:
    """The place after blanks and newlines that a backslash hides."""
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _line_end(text: str, place: int) -> int:
    found = _LINE.match(text, place)
    return max(found.end() if found else place, place + 1)


class WordReader:
    """Reads one shell word."""

    def __init__(self, text: str, place: int) -> None:
        self.text = text
        self.place = place
        self.pieces: list[str] = []
        self.expands = False
        self.open = ""  # what still waits for its end where the text ended, the innermost first

    @property
    def closed(self) -> bool:
        return not self.open

    def take(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.place)
        if found is None or not found.group():
            return False
        self.pieces.append(found.group())
        self.place = found.end()
        return True

    def go_on(self, waiting: str) -> None:
        """The rest of a word of which the text before left this ``open``."""
        for closing in waiting:
            if closing == "'":
                self.inside_single()
            elif closing == '"':
                self.inside_double()
            else:
                self._until(closing)
        self.word()

    def word(self) -> None:
        """Up to the first blank, newline or operator outside quotes."""
        while self.place < len(self.text):
            char = self.text[self.place]
            if char in _ENDS:
                return
            if char == "'":
                self.single()
            elif char == '"':
                self.double()
            elif char == "\\":
                self.escaped(None)
            elif char in "$`":
                self.expansion()
            elif not self.take(_PLAIN):  # a # inside a word is a plain character
                self.pieces.append(char)
                self.place += 1

    def single(self) -> None:
        self.place += 1
        self.inside_single()

    def inside_single(self) -> None:
        self.take(_SINGLE)
        self._close("'")

    def double(self) -> None:
        self.place += 1
        self.inside_double()

    def inside_double(self) -> None:
        while self.place < len(self.text) and self.text[self.place] != '"':
            if self.text[self.place] == "\\":
                self.escaped('"\\$`')
            elif self.text[self.place] in "$`":
                self.expansion()
            else:
                self.take(_DOUBLE)
        self._close('"')

    def _close(self, quote: str) -> None:
        if self.text[self.place : self.place + 1] != quote:
            self.open += quote
        self.place += 1

    def escaped(self, only: str | None) -> None:
        """A backslash: before a newline both vanish; before ``only`` (None: anything) it does."""
        after = self.text[self.place + 1 : self.place + 2]
        if after != "\n":
            plain = after if only is None or (after and after in only) else f"\\{after}"
            self.pieces.append(plain)
        self.place += 2

    def expansion(self) -> None:
        """``$…`` or a backquoted command, kept as written."""
        start = self.place
        opening = self.text[start]
        self.place += 1
        if opening == "`":
            self._until("`")
            self.expands = True
        elif self.text[self.place : self.place + 1] == "(":
            self._until(")")
            self.expands = True
        else:
            following = self.text[self.place : self.place + 1]
            self.expands = self.expands or following.isalnum() or following in tuple("_{@*#?!-$")
        self.pieces.append(self.text[start : self.place])

    def _until(self, closing: str) -> None:
        end = self.text.find(closing, self.place)
        if end < 0:
            self.open += closing
        self.place = end + 1 if end >= 0 else len(self.text)


def _value(text: str, found: re.Match[str]) -> Assignment:
    reader = WordReader(text, found.end())
    reader.word()
    end = min(reader.place, len(text))
    value = "".join(reader.pieces)
    return Assignment(found[1], value, found.end(), end, reader.expands, reader.closed,
                      bool(found[2]))
