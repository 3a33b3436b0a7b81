"""Why a worker ended, where it could not write that into the journal: a file in the run directory.

It is gone at the next boot, and when the next worker begins.
"""

from __future__ import annotations

import contextlib
import json

from bootmirror.engine.reporting import replace_file
from bootmirror.engine.state import State
from bootmirror.errors import BootmirrorError
from bootmirror.host.clean import clean

LONGEST = 1000  # characters of each sentence


def tell_trouble(state: State, error: BootmirrorError) -> None:
    """Leave it for the readers; where even that cannot be written, the log has it."""
    with contextlib.suppress(OSError):
        replace_file(
            state.trouble, json.dumps({"message": error.message, "hint": error.hint}))


def forget_trouble(state: State) -> None:
    """A new worker begins."""
    state.trouble.unlink(missing_ok=True)


def trouble(state: State) -> tuple[str, str] | None:
    """What happened and what to do; None when the last worker could write it all down."""
    try:
        told = json.loads(state.trouble.read_bytes())
        return clean(told["message"], LONGEST), clean(told["hint"], LONGEST)
    except (OSError, ValueError, TypeError, KeyError):
        return None
