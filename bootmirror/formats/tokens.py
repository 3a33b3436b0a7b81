"""What the pieces of a line are, for an editor's colours: told by the formats' own readers.

A lexer takes one line without its newline, and what the lines before left open ("" at first); it
gives the line's tokens in order, and what this line leaves open. So a change in one line asks for
the others again only as far as they are seen otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from bootmirror.formats.lines import number_of


class Kind(StrEnum):
    """What a token is. What is none of these, a word nobody knows among them, has no token."""

    COMMENT = "comment"
    KEYWORD = "keyword"
    NUMBER = "number"
    PLACE = "place"  # a device, a path
    VALUE = "value"


class Token(NamedTuple):
    """A piece of a line; ``start`` and ``end`` count characters from 0."""

    start: int
    end: int
    kind: Kind


Tokens = tuple[Token, ...]
Lexer = Callable[[str, str], tuple[Tokens, str]]


def value_kind(text: str) -> Kind:
    """What a value looks like."""
    if number_of(text) is not None:
        return Kind.NUMBER
    return Kind.PLACE if text.startswith("/") else Kind.VALUE


def comment_after(line: str, end: int) -> Tokens:
    """The comment that follows the last word before it, which ends at ``end``."""
    body = line.removesuffix("\r")
    start = end + len(body[end:]) - len(body[end:].lstrip(" \t"))
    return (Token(start, len(body), Kind.COMMENT),) if body[start:].startswith("#") else ()


def with_comment(line: str, tokens: Sequence[Token], end: int) -> Tokens:
    """A line's tokens, and the comment at its end if there is one."""
    return (*tokens, *comment_after(line, end))
