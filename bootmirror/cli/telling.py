"""Lines for a person. The commands' last gate: no terminal is sent what it would obey."""

from __future__ import annotations

import sys

from bootmirror.host.clean import clean, visible

LONGEST_COMPLAINT = 8000  # characters: it may quote what was given, of any length


def tell(*lines: str) -> None:
    """Each printed as one line."""
    for line in lines:
        print(visible(line), flush=True)


def complain(text: str) -> None:
    """One line on stderr, after the program's name."""
    line = clean(f"bootmirror: {' '.join(text.split())}", LONGEST_COMPLAINT)
    print(line, file=sys.stderr, flush=True)
