"""Cleaning of untrusted strings, once, where they enter.

Disk models, labels, partition names, command output and other people's files may hold terminal
control sequences. After cleaning a string is printable: everything else stands as ``\\xNN`` or
``\\uNNNN``.
"""

from __future__ import annotations

LIMIT = 200  # characters; a longer string is cut and ends in "…"


def clean(raw: str | bytes | None, limit: int = LIMIT) -> str:
    """One printable line of at most ``limit`` characters, stripped of blanks at both ends."""
    if raw is None:
        return ""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    text = "".join(map(_printable, text[: limit + 1].strip()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean_lines(raw: str | bytes, limit: int = LIMIT) -> list[str]:
    """Each line cleaned; carriage returns end a line too, as progress output has them."""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [clean(line.expandtabs(), limit) for line in lines if line.strip()]


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, kept by surrogateescape
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
