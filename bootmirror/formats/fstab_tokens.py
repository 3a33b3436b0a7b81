"""The tokens of an fstab's lines."""

from __future__ import annotations

from bootmirror.formats.fstab_fields import FIELDS, field_words
from bootmirror.formats.lines import number_of
from bootmirror.formats.tokens import Kind, Token, Tokens, with_comment

_KINDS = dict(zip(FIELDS, (Kind.PLACE, Kind.PLACE, Kind.KEYWORD, Kind.VALUE), strict=False))


def fstab_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    """The six fields; see tokens.Lexer."""
    words = field_words(line)
    tokens = [
        Token(word.start, word.end, _KINDS.get(field, Kind.NUMBER))
        for field, word in zip(FIELDS, words, strict=False)
        if field in _KINDS or number_of(word.text) is not None
    ]
    return with_comment(line, tokens, words[-1].end if words else 0), inside
