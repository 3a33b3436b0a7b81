"""Strings as a disk, a label or somebody's file may hold them, made to harm whoever shows them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable

from hypothesis import strategies as st

MARKUP = ("[red]", "[/]", "[/foo]", "[@click=app.quit]x[/]", "[link=http://x]y[/link]", "[[", "]]",
          "[", "]", "\\[", "[bold", "[on red]!", "$primary", "[$error]")
ESCAPES = ("\x1b[2J", "\x1b[31m", "\x1b[?1049l", "\x1bc", "\x1b[6n", "\x1b]0;title\x07",
           "\x1b]8;;http://x\x1b\\here\x1b]8;;\x1b\\", "\x1b]52;c;cm0gLXJm\x07",
           "\x1bP+q544e\x1b\\",
           "\x1b_Gf=100;AAAA\x1b\\", "\x1b#8", "\x1b(0", "\x0e", "\x0f", "\x1b", "\x1b[")
C0 = tuple(map(chr, (*range(0x20), 0x7F)))
C1 = tuple(map(chr, range(0x80, 0xA0)))
BYTES = tuple(bytes([b]).decode("utf-8", "surrogateescape")
              for b in (0x80, 0x9B, 0x9D, 0xE9, 0xFF))
BIDI = tuple("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
UNSEEN = tuple("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2028\u2029\u0085\u00a0\u3164\ufe0f"
               "\u034f\U000e0041\U000e0001\ue000\U0010ffff\u3000")
MARKS = ("\u0301" * 40, "a" + "\u0489" * 9, "\u0301", "\u20e3", "\u1160" * 9, "\U0001f3fb" * 9)
WIDE = ("漢字", "ｆｕｌｌ", "👩\u200d👩\u200d👧", "🇩🇪", "한", "\u0e33", "ﷺ", "👍🏽")
SHELL = ("$(reboot)", "`reboot`", "; rm -rf /", "&& false", "| sh", "> /etc/passwd", "'", '"', "\\",
         "''", "${IFS}", "*", "?", "~", "!", "#", " # ", "--help", "-", "{}", "{0}", "{x!r}", "%s",
         "%n", "%(x)s", "\\040", "\\x1b", "\\", "<x>", "&amp;", "..", "../../etc/passwd", "/", "//",
         ",", "=", ":", ";", "a  b", " a", "b ", '"}', '":', "null", "}", "menuentry 'x' {",
         "UUID=", "…", "device", "raiddev /dev/md9")
LETTERS = ("disk", "QUANTUM FB 20", "A", "z", "0", "é", "Ω")
PIECES = tuple(dict.fromkeys((*MARKUP, *ESCAPES, *C0, *C1, *BYTES, *BIDI, *UNSEEN, *MARKS, *WIDE,
                              *SHELL, *LETTERS)))
LONG = 10_240  # characters


def hostile(longest: int = LONG) -> st.SearchStrategy[str]:
    """A string with bytes that are not UTF-8 as surrogates, as the host reads them."""
    pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=3).filter(_storable), min_size=1,
                      max_size=8).map("".join)
    blown = st.builds(lambda piece, times: (piece * times)[:longest], pieces,
                      st.sampled_from((1, 1, 1, 1, 40, longest)))
    return blown.map(lambda text: text[:longest])


def _storable(text: str) -> bool:
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def seeded(chance: random.Random, longest: int = LONG) -> str:
    """One of the same kind, for those who draw by a seed."""
    text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 8)))
    return (text * chance.choice((1, 1, 1, 1, 40, longest)))[:longest]


def faults_of(shown: str) -> list[str]:
    """What of this a terminal would obey or hide, a phrase each. Empty: it may be printed."""
    found = [f"{char!r} of category {unicodedata.category(char)}" for char in shown
             if not char.isprintable() or char in "\u3164\u034f\u115f\u1160\uffa0\ufe0f"]
    marks = 0
    for char in shown:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks == 3:
            found.append(f"marks piled up: {char!r}")
    return found


def faults_of_lines(lines: Iterable[str]) -> list[str]:
    return [f"{fault} in {line[:60]!r}" for line in lines for fault in faults_of(line)]
