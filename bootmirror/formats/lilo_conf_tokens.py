"""The tokens of lilo.conf's lines."""

from __future__ import annotations

from bootmirror.formats.lilo_conf_lint import KNOWN_OPTIONS
from bootmirror.formats.lilo_conf_options import SECTIONS, LiloToken, tokens_of
from bootmirror.formats.tokens import Kind, Token, Tokens, comment_after, value_kind

NAME, VALUE = "name", "value"  # what comes next: "" is NAME, as at the beginning
QUOTE, HIDDEN = '"', "\\"  # a word that goes on in the next line, in quotes or without


def lilo_conf_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    """Options and their values; see tokens.Lexer."""
    role, _, open_word = inside.partition(" ")
    last = role
    quoted = QUOTE if open_word == QUOTE else ""
    if open_word and not quoted and line[:1] in ("", " ", "\t", "\r", "#", "="):
        role = NAME  # the word that might have gone on has ended
    words = list(tokens_of(f"{quoted}{line}\n"))
    tokens: list[Token] = []
    for word in words:
        if word.sign:
            role = VALUE
            continue
        start, end = word.start - len(quoted), min(word.end - len(quoted), len(line))
        kind = _kind(word, role)
        if kind is not None and end > max(0, start):
            tokens.append(Token(max(0, start), end, kind))
        last, role = role, NAME
    end = min(words[-1].end - len(quoted), len(line)) if words else 0
    open_after = _open(words[-1], f"{quoted}{line}\n") if words else ""
    if open_after:
        return tuple(tokens), f"{last} {open_after}"
    return (*tokens, *comment_after(line, max(0, end))), role


def _kind(word: LiloToken, role: str) -> Kind | None:
    if role == VALUE:
        return value_kind(word.text)
    return Kind.KEYWORD if word.text.lower() in (*SECTIONS, *KNOWN_OPTIONS) else None


def _open(word: LiloToken, text: str) -> str:
    if word.sign or word.end < len(text):
        return ""
    return QUOTE if text[word.start] == QUOTE and not word.closed else HIDDEN
