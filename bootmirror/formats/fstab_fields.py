"""The fields of an fstab line: how a line is parted, and how a field hides its blanks.

Source: fstab(5); libmount reads a comment after the sixth field only.
"""

from __future__ import annotations

import re

from bootmirror.formats.lines import Word, words_of

FIELDS = ("spec", "file", "vfstype", "options", "freq", "passno")

_OCTAL = re.compile(r"(?:\\[0-3][0-7][0-7])+")
_MUST_ESCAPE = re.compile(r"[ \t\n\r\\]")


def field_words(line: str) -> list[Word]:
    """The words of a line that are fields: at most six, up to a comment after the third."""
    words = words_of(line)[: len(FIELDS)]
    if not words or words[0].text.startswith("#"):
        return []
    comment = next((i for i, w in enumerate(words) if i > 2 and w.text.startswith("#")), None)
    return words[:comment]


def split_options(text: str) -> tuple[str, ...]:
    """Mount options, parted at the commas that stand outside double quotes."""
    if '"' not in text:
        return tuple(text.split(",")) if text else ()
    pieces, start, quoted = [], 0, False
    for place, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            pieces.append(text[start:place])
            start = place + 1
    return (*pieces, text[start:])


def decoded(field: str) -> str:
    r"""A field with ``\040`` and the like made the bytes they stand for."""
    return _OCTAL.sub(_bytes_of, field)


def _bytes_of(found: re.Match[str]) -> str:
    codes = found.group().split("\\")[1:]
    return bytes(int(code, 8) for code in codes).decode("utf-8", "surrogateescape")


def encoded(value: str) -> str:
    r"""A value as a field: blanks and backslashes as ``\040`` and the like."""
    escaped = _MUST_ESCAPE.sub(lambda found: f"\\{ord(found.group()):03o}", value)
    return rf"\043{escaped[1:]}" if escaped.startswith("#") else escaped
