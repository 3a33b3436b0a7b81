"""mdadm.conf's lines to statements: a keyword and its words, over continuation lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bootmirror.formats.lines import Word

# In mdadm's own order: an abbreviation means the first that fits, MAI is MAILADDR.
KEYWORDS = (
    "DEVICE", "ARRAY", "MAILADDR", "MAILFROM", "PROGRAM", "CREATE", "HOMEHOST", "HOMECLUSTER",
    "AUTO", "POLICY", "PART-POLICY", "SYSFS", "MONITORDELAY", "ENCRYPTION_NO_VERIFY",
)
SHORTEST = 3  # letters of an abbreviation

# A quote opens and closes anywhere in a word; one that stays open ends with the line.
_WORD = re.compile(r"""(?:[^ \t\n"']+|"[^"\n]*"?|'[^'\n]*'?)+""")


@dataclass(frozen=True)
class ConfWord:
    """A word without its quotes, and its place (line and column from 1)."""

    text: str
    line: int
    column: int
    closed: bool  # every quote has its partner


@dataclass(frozen=True)
class Statement:
    """A keyword ("" when unknown) with all its words; ``places`` are its lines' indices from 0."""

    keyword: str
    words: tuple[ConfWord, ...]
    places: tuple[int, ...] = field(default=())

    @property
    def first(self) -> int:
        return self.places[0]

    @property
    def line(self) -> int:
        return self.first + 1


def statements(lines: Sequence[str]) -> list[Statement]:
    """The statements of the file. Comments and blank lines belong to none and part none."""
    found: list[tuple[list[ConfWord], list[int]]] = []
    for place, line in enumerate(lines):
        words = list(_words(place + 1, line))
        if not words:
            continue
        if line[0] in " \t" and found:
            found[-1][0].extend(words)
            found[-1][1].append(place)
        else:
            found.append((words, [place]))
    return [Statement(keyword_of(w[0].text), tuple(w), tuple(places)) for w, places in found]


def keyword_of(word: str) -> str:
    """The keyword a word stands for, or ""."""
    upper = word.upper()
    if len(word) < SHORTEST:
        return ""
    return next((keyword for keyword in KEYWORDS if keyword.startswith(upper)), "")


def words_of(line: str) -> Iterator[Word]:
    """The words of a line as they stand, quotes included, up to a comment."""
    for match in _WORD.finditer(line.removesuffix("\n").removesuffix("\r")):
        if match.group().startswith("#"):
            return
        yield Word(match.group(), match.start(), match.end())


def _words(number: int, line: str) -> Iterator[ConfWord]:
    for word in words_of(line):
        text, closed = _unquoted(word.text)
        yield ConfWord(text, number, word.column, closed)


def _unquoted(raw: str) -> tuple[str, bool]:
    if '"' not in raw and "'" not in raw:
        return raw, True
    pieces, quote = [], ""
    for char in raw:
        if not quote and char in "\"'":
            quote = char
        elif char == quote:
            quote = ""
        else:
            pieces.append(char)
    return "".join(pieces), not quote
