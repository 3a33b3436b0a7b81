"""Lines and words with their places, so that a file comes back byte for byte.

Only a newline ends a line: a form feed or a NUL in somebody's file is content, and
``str.splitlines`` would lose which it was. Blanks between words are space and tab, as in all
formats read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^ \t\n]+")


@dataclass(frozen=True)
class Word:
    """A word; ``start`` and ``end`` count characters from the line's beginning, from 0."""

    text: str
    start: int
    end: int

    @property
    def column(self) -> int:
        """The column for a complaint, from 1."""
        return self.start + 1


def split_lines(text: str) -> list[str]:
    """The lines with their newlines; ``"".join`` of them is the text."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def words_of(line: str) -> list[Word]:
    """The words of a line. A carriage return at the very end is no part of the last word."""
    body = line.removesuffix("\n").removesuffix("\r")
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(body)]


def words_before_comment(line: str) -> list[Word]:
    """The words of a line up to the first that begins with ``#``."""
    return list(_until_comment(words_of(line)))


def _until_comment(words: list[Word]) -> Iterator[Word]:
    for word in words:
        if word.text.startswith("#"):
            return
        yield word


def with_newline(line: str) -> str:
    """The line, ended by a newline, so that another can follow it."""
    return line if not line or line.endswith("\n") else f"{line}\n"


def number_of(text: str) -> int | None:
    """A whole number of at most nine ASCII digits, or None: what every count in these files is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
