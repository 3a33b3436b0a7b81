"""Cleaning of untrusted strings, once, where they enter.

Disk models, labels, partition names, command output and other people's files may hold terminal
control sequences. After cleaning a string is printable: everything else stands as ``\\xNN`` or
``\\uNNNN``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

LIMIT = 200  # characters; a longer string is cut and ends in "…"
LONGEST = 4096  # of what may be as long as a path
MARKS = 2  # accents on one letter; more are piled up to cover the lines around

# Letters and marks that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, as far as
# str.isprintable lets them pass): two names that differ by one look alike.
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))))


def clean(raw: str | bytes | None, limit: int = LIMIT) -> str:
    """One printable line of at most ``limit`` characters, stripped of blanks at both ends.

    What comes out is left as it is when it is cleaned again.
    """
    if raw is None:
        return ""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    text = visible(text[: limit + 1].strip())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cleaned(value: Any, limit: int = LIMIT) -> Any:
    """Plain data (dicts, lists) with every string in it cleaned."""
    if isinstance(value, str):
        return clean(value, limit)
    if isinstance(value, dict):
        return {clean(str(key), limit): cleaned(item, limit) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned(item, limit) for item in value]
    return value


def clean_lines(raw: str | bytes, limit: int = LIMIT) -> list[str]:
    """Each line cleaned; carriage returns end a line too, as progress output has them."""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [clean(line.expandtabs(), limit) for line in lines if line.strip()]


def visible(text: str) -> str:
    """The text with all that a terminal would obey, or not show, as ``\\xNN`` or ``\\uNNNN``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown for _, shown in _shown(text))


def odd(text: str) -> Iterator[tuple[int, str]]:
    """Where in a text, from 0, something stands that is not shown as it is, and how it is shown."""
    if not (text.isascii() and text.isprintable()):
        yield from ((i, shown) for i, (char, shown) in enumerate(_shown(text)) if shown != char)


def _shown(text: str) -> Iterator[tuple[str, str]]:
    """Each character, and what is shown in its place."""
    marks = 0
    for char in text:
        marks = marks + 1 if _joins(char) else 0
        good = char.isprintable() and marks <= MARKS and char not in _UNSEEN
        yield char, char if good else _escape(char)


def _joins(char: str) -> bool:
    """Whether it takes no cell of its own: an accent, a later part of a syllable, a skin tone."""
    return char > "\u02ff" and (
        unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
        or "\ud7b0" <= char <= "\ud7fb" or "\U0001f3fb" <= char <= "\U0001f3ff")


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, kept by surrogateescape
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
