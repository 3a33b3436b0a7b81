"""The hidden command that takes back a boot which nobody took, and who sees to it that it comes."""

from __future__ import annotations

import time

from bootmirror.engine.log import Log
from bootmirror.engine.state import State
from bootmirror.engine.taking_back import chosen, take_back, take_back_later
from bootmirror.errors import BootmirrorError, ExitCode, Refused
from bootmirror.host.host import Host
from bootmirror.steps.recipe import STEPS
from bootmirror.steps.take_back import take_back_actions

TRIES, AGAIN = 60, 60.0  # seconds from one to the next


def later(state: State) -> None:
    """At the end of a worker that has chosen the boot."""
    try:
        take_back_later(Host(), state, chosen(state, STEPS))
    except BootmirrorError as error:  # the first half is done all the same
        Log(state.log).exception(error)


def now(state: State, when: float) -> int:
    """The timer's process. Raises Refused when somebody else is at work for an hour."""
    for number in range(1, TRIES + 1):
        try:
            take_back(state, STEPS, when, take_back_actions)
        except Refused:
            if number == TRIES:
                raise
            time.sleep(AGAIN)
        else:
            break
    return int(ExitCode.DONE)
