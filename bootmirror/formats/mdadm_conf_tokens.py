"""The tokens of mdadm.conf's lines."""

from __future__ import annotations

from bootmirror.formats.mdadm_conf_lines import keyword_of, words_of
from bootmirror.formats.tokens import Kind, Token, Tokens, value_kind, with_comment

OPEN = "statement"  # a line that begins with a blank goes on with it


def mdadm_conf_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    """A keyword, then devices, ``tag=value`` and other words; see tokens.Lexer."""
    words = list(words_of(line))
    if not words:
        return with_comment(line, (), 0), inside
    goes_on = line[:1] in (" ", "\t") and inside == OPEN
    tokens: list[Token] = []
    if not goes_on and keyword_of(words[0].text):
        tokens.append(Token(words[0].start, words[0].end, Kind.KEYWORD))
    for word in words if goes_on else words[1:]:
        tag, sign, value = word.text.partition("=")
        start = word.start + (len(tag) + 1 if sign else 0)
        if sign:
            tokens.append(Token(word.start, start, Kind.KEYWORD))
        if start < word.end:
            tokens.append(Token(start, word.end, value_kind(value if sign else tag)))
    return with_comment(line, tokens, words[-1].end), OPEN
