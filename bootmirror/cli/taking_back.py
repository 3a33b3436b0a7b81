"""The hidden command that takes back a boot which nobody took, and who sees to it that it comes."""

from __future__ import annotations

import time

from bootmirror.engine.log import Log
from bootmirror.engine.state import State
from bootmirror.engine.taking_back import chosen, take_back, take_back_later
from bootmirror.engine.trouble import leave_trouble
from bootmirror.errors import BootmirrorError, ExitCode
from bootmirror.host.host import Host
from bootmirror.steps.recipe import STEPS
from bootmirror.steps.take_back import take_back_actions

TRIES, AGAIN = 60, 60.0  # seconds from one to the next


def later(state: State) -> None:
    """At the end of a worker that has chosen the boot."""
    try:
        take_back_later(Host(), state, chosen(state, STEPS))
    except BootmirrorError as error:  # the first half is done all the same
        _tell(state, error, "Nothing will take the chosen boot back by and by")


def now(state: State, when: float) -> int:
    """The timer's process: tries for an hour. Raises what kept it from it at last."""
    for number in range(1, TRIES + 1):
        try:
            take_back(state, STEPS, when, take_back_actions)
        except BootmirrorError as error:
            if number == TRIES:
                _tell(state, error, "The chosen boot could not be taken back")
                raise
            time.sleep(AGAIN)
        else:
            break
    return int(ExitCode.DONE)


def _tell(state: State, error: BootmirrorError, what: str) -> None:
    Log(state.log).exception(error)
    leave_trouble(state, BootmirrorError(
        f"{what}: {error.message}",
        "Any restart may start the mirror, with the files of the last copy: reboot by bootmirror, "
        "which copies what changed first, or undo."))
