"""What a terminal's character set lacks is escaped, whatever Python itself works in."""

from __future__ import annotations

import io
import locale
import sys

import pytest

from bootmirror.cli import entry


@pytest.mark.parametrize(("charset", "printed"), [
    ("UTF-8", "é “".encode()),
    ("ISO-8859-1", b"\xe9 \\u201c"),
    ("ANSI_X3.4-1968", "é “".encode()),  # the locale C says nothing of the terminal
])
def test_a_terminal_gets_its_own_letters(
    charset: str, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8"))
    monkeypatch.setattr(locale, "getencoding", lambda: charset)
    entry._never_fail_to_print()
    print("é “", end="", flush=True)
    assert out.getvalue() == printed
