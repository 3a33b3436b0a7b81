"""The tokens of a raidtab's lines."""

from __future__ import annotations

from bootmirror.formats.lines import words_before_comment
from bootmirror.formats.raidtab_parse import KEYWORDS
from bootmirror.formats.tokens import Kind, Token, Tokens, value_kind, with_comment


def raidtab_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    """A keyword and its value; see tokens.Lexer."""
    words = words_before_comment(line)
    tokens: list[Token] = []
    if words and words[0].text.lower() in KEYWORDS:
        tokens.append(Token(words[0].start, words[0].end, Kind.KEYWORD))
        tokens += [Token(w.start, w.end, value_kind(w.text)) for w in words[1:2]]
    return with_comment(line, tokens, words[-1].end if words else 0), inside
