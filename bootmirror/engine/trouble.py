"""Why a worker ended, where it could not write that into the journal: a file in the run directory.

It is gone at the next boot, and when the next worker begins.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from bootmirror.engine.journal import LONGEST_STRING
from bootmirror.engine.log import Log
from bootmirror.engine.state import State
from bootmirror.errors import BootmirrorError, ExitCode, JournalFailed, Refused
from bootmirror.host.clean import clean
from bootmirror.host.private import read_private, replace_private


def telling_trouble(state: State, log: Log, work: Callable[[], ExitCode]) -> ExitCode:
    """How a worker's work ended; where the journal failed it, or it was refused before it wrote
    anything, that is left for the readers."""
    state.trouble.unlink(missing_ok=True)
    try:
        return work()
    except JournalFailed as error:
        log.exception(error)
        leave_trouble(state, error)
        return error.exit_code
    except Refused as error:
        leave_trouble(state, error)
        raise


def leave_trouble(state: State, error: BootmirrorError) -> None:
    """Have the readers tell that, until the next worker begins."""
    with contextlib.suppress(OSError):  # the log has it
        replace_private(state.trouble, json.dumps({"message": error.message, "hint": error.hint}))


def trouble(state: State) -> tuple[str, str] | None:
    """What happened and what to do; None when the last worker could write it all down."""
    try:
        told = json.loads(read_private(state.trouble))
        return clean(told["message"], LONGEST_STRING), clean(told["hint"], LONGEST_STRING)
    except (OSError, ValueError, TypeError, KeyError):
        return None
