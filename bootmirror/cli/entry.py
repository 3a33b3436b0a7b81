"""From the command line to a command, and from an error to one line and an exit code."""

from __future__ import annotations

import argparse
import codecs
import importlib
import locale
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from bootmirror.cli.arguments import parser, worker_parser
from bootmirror.cli.telling import complain
from bootmirror.errors import LEFT, BootmirrorError, ExitCode, Refused, UsageError
from bootmirror.host.isolation import isolate, make_sure_of_code

if TYPE_CHECKING:
    from bootmirror.engine.state import State


def start(added: bool) -> int:
    """The process's beginning: isolated, then one command. Its exit code.

    ``added``: its code lies where the interpreter would not have looked by itself.
    """
    isolate(sys.argv[1:])
    try:
        if added:
            make_sure_of_code()
    except BootmirrorError as error:
        say(error)
        return int(error.exit_code)
    return main()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    os.umask(0o077)
    # Started as root we would write compiled files, closed to others, into the system we copy.
    sys.dont_write_bytecode = True
    _never_fail_to_print()
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        if words[:1] == ["worker"]:
            return _worker(worker_parser().parse_args(words[1:]))
        return _run(parser().parse_args(words))
    except BootmirrorError as error:
        say(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return LEFT
    except BrokenPipeError:
        # Whoever read our output has left; keep Python from complaining about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.FAILED)
    except Exception as error:  # noqa: BLE001 - a person gets one line, the log the traceback
        say(BootmirrorError(
            f"A fault of bootmirror itself: {type(error).__name__}: {error}.",
            f"The details are in {_write_down(error)}.",
        ))
        return int(ExitCode.FAILED)


def _never_fail_to_print() -> None:
    """A letter that the terminal's character set lacks is escaped: it must not end the work.

    That set is the locale's; the locale C (ASCII) says nothing of the terminal.
    """
    encoding = locale.getencoding()
    ascii_alone = codecs.lookup(encoding).name == "ascii"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                encoding=None if ascii_alone else encoding, errors="backslashreplace")


def _write_down(error: Exception) -> str:
    """The traceback goes to the log, or to a new file where there can be no log."""
    from bootmirror.engine.log import Log  # noqa: PLC0415 - only after a fault
    from bootmirror.engine.state import State  # noqa: PLC0415
    from bootmirror.host.private import new_file  # noqa: PLC0415

    state = State()
    try:
        state.prepare()
        path = state.log
    except (OSError, BootmirrorError):
        path = new_file("bootmirror-fault-")
    Log(path).exception(error)
    return str(path)


def say(error: BootmirrorError) -> None:
    """One line on stderr: what happened, and what to do."""
    complain(f"{error.message} {error.hint}")


def _run(options: argparse.Namespace) -> int:
    # An image is a file like any other: rehearse sees for itself what it needs.
    if "machine" not in options and options.command != "rehearse":
        _want_root()
    if options.command is None:
        return _screen(options)
    return _commands()[options.command](options)


def _want_root() -> None:
    if os.geteuid() != 0:
        raise Refused("bootmirror must run as root to see and change disks.", "Use sudo.")


def _commands() -> dict[str, Callable[[argparse.Namespace], int]]:
    from bootmirror.cli import (  # noqa: PLC0415 - keeps -h quick
        looking,
        planning,
        rehearsing,
        running,
    )

    return {
        "status": looking.status,
        "verify": looking.verify,
        "capture": looking.capture,
        "plan": planning.plan,
        "apply": running.apply,
        "resume": running.resume,
        "undo": running.undo,
        "rehearse": rehearsing.rehearse,
    }


def _screen(options: argparse.Namespace) -> int:
    """The full screen, found by name: the engine and its commands never import it."""
    from bootmirror.cli.sessions import open_session  # noqa: PLC0415 - keeps -h quick

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The full screen needs a terminal.", "Name a command: bootmirror -h.")
    try:
        app = importlib.import_module("tui.app")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in {"textual", "rich"}:
            raise
        raise Refused(
            f"The full screen needs the Python package {error.name}, which is not installed.",
            "Install textual (README.md says how), or name a command: bootmirror -h.",
        ) from error
    return int(app.run(open_session(options)) or 0)


def _worker(options: argparse.Namespace) -> int:
    from bootmirror.cli.sessions import state_of  # noqa: PLC0415 - keeps -h quick
    from bootmirror.cli.taking_back import later, now  # noqa: PLC0415
    from bootmirror.engine.log import Log  # noqa: PLC0415
    from bootmirror.engine.worker import Worker, listen  # noqa: PLC0415
    from bootmirror.steps.recipe import STEPS  # noqa: PLC0415

    if "state" not in options:  # a test's own place may be anybody's
        _want_root()
    state = state_of(options)
    listen()
    try:
        if options.rehearse:
            return _rehearse(state, options)
        if options.undo:
            from bootmirror.engine.undoing import UndoWorker  # noqa: PLC0415 - rarely wanted
            from bootmirror.steps.undo import undo_actions  # noqa: PLC0415

            return int(UndoWorker(state, STEPS).run(undo_actions))
        if options.take_back is not None:
            return now(state, options.take_back)
        code = Worker(state, STEPS).run(options.until)
        if code is ExitCode.REBOOT_NOW:
            later(state)
        return int(code)
    except Exception as error:
        # Nobody watches a worker's stderr: the log is where one looks.
        if Path(state.root).is_dir():
            Log(state.log).exception(error)
        raise


def _rehearse(state: State, options: argparse.Namespace) -> int:
    from bootmirror.engine.rehearsing import Rehearsing  # noqa: PLC0415 - rarely wanted
    from bootmirror.rehearsal.rehearse import listen  # noqa: PLC0415
    from bootmirror.rehearsal.settings import Settings  # noqa: PLC0415
    from bootmirror.steps.recipe import STEPS  # noqa: PLC0415

    listen()
    settings = Settings(options.accelerator, options.limit, options.memory, options.bus)
    return int(Rehearsing(state, STEPS).run(options.rehearse, settings))
