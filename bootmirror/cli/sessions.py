"""Which session a command works on: this machine's, or a recording's."""

from __future__ import annotations

import argparse

from bootmirror.engine.live import LiveSession
from bootmirror.engine.replay import ReplaySession
from bootmirror.engine.session import Session
from bootmirror.engine.state import State
from bootmirror.errors import UsageError
from bootmirror.machine.recording import load_machine


def open_session(options: argparse.Namespace) -> Session:
    """Raises UsageError when the recording cannot be read."""
    if "machine" not in options:
        return LiveSession(state_of(options))
    try:
        text = options.machine.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"{options.machine} cannot be read: {error.strerror}.") from error
    return ReplaySession(load_machine(text))


def state_of(options: argparse.Namespace) -> State:
    """Where state lives; a test's own place brings its run directory along."""
    if "state" not in options:
        return State()
    return State(options.state, options.state.with_name(options.state.name + "-run"))
