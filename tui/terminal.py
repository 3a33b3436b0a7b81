"""What the terminal can show: read from TERM and the locale, before Textual is loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

# Terminals whose fonts or character sets lack the signs of the full mode.
BASIC_TERMS = ("linux", "vt", "ansi", "cons", "sun", "wyse", "ibm")
USELESS_TERMS = ("", "dumb", "unknown")


def original_environment() -> Mapping[str, str]:
    """The environment the process was started with.

    Python itself sets LC_CTYPE=C.UTF-8 when no locale is set (PEP 538), which says nothing of the
    terminal; the kernel keeps what was there before.
    """
    try:
        raw = Path("/proc/self/environ").read_bytes().decode("utf-8", "replace")
    except OSError:
        return os.environ
    return dict(pair.split("=", 1) for pair in raw.split("\0") if "=" in pair)


def refusal(term: str) -> str:
    """Why the full screen cannot be shown on this terminal, or ""."""
    if term in USELESS_TERMS:
        return (
            f"The terminal (TERM={term or 'not set'}) cannot show a full screen. Log in with "
            "another one, or use bootmirror status, plan, apply and resume, which need none."
        )
    return ""


def is_basic(environment: Mapping[str, str]) -> bool:
    """Whether to draw with ASCII only: a console, a serial line, or a locale without UTF-8."""
    if environment.get("TERM", "").startswith(BASIC_TERMS):
        return True
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    return locale.upper().replace("-", "").partition("@")[0].endswith("UTF8") is False
