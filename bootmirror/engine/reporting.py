"""What a running step tells, written where readers find it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bootmirror.actions.report import Progress
from bootmirror.engine.journal import Journal
from bootmirror.engine.log import Log
from bootmirror.errors import Refused
from bootmirror.host.clean import clean
from bootmirror.host.host import CommandRecord, Host
from bootmirror.host.private import replace_private
from bootmirror.records import to_plain

# Makes a Host that tells what it ran and what it begins to run.
MakeHost = Callable[[Callable[[CommandRecord], None], Callable[[Sequence[str]], None]], Host]

EVERY = 1.0  # seconds between two writings of the progress file


class StepReport:
    """The Report the worker hands to a step: notes to the journal, progress to a file in /run."""

    def __init__(
        self,
        step_id: str,
        journal: Journal,
        progress: Path,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._step = step_id
        self._journal = journal
        self._path = progress
        self._monotonic = monotonic
        self._written = float("-inf")
        self.found = ""

    def progress(  # noqa: PLR0913 - the Report protocol
        self,
        done: int,
        total: int,
        *,
        unit: str = "bytes",
        files_done: int = 0,
        files_total: int = 0,
        speed: int = 0,
        seconds_left: int | None = None,
        text: str = "",
    ) -> None:
        now = self._monotonic()
        if now - self._written < EVERY:
            return
        self._written = now
        shown = Progress(
            self._step, int(done), int(total), unit, int(files_done), int(files_total), int(speed),
            None if seconds_left is None else int(seconds_left), clean(text),
        )
        with contextlib.suppress(OSError, Refused):  # it is only for show
            replace_private(self._path, json.dumps(to_plain(shown)))

    def note(self, text: str) -> None:
        self._journal.append("note", step=self._step, text=text)

    def result(self, text: str) -> None:
        self.found = text

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


class CommandRecorder:
    """Writes down every command of a Host: for its ``on_start`` and ``on_command``."""

    def __init__(self, journal: Journal, log: Log) -> None:
        self._journal = journal
        self._log = log
        self.step = ""  # the step at work

    def started(self, argv: Sequence[str]) -> None:
        self._journal.append("running", step=self.step, argv=list(argv))

    def ended(self, record: CommandRecord) -> None:
        self._journal.append(
            "command",
            step=self.step,
            argv=record.argv,
            returncode=record.returncode,
            seconds=record.seconds,
            output=record.output,
        )
        command = " ".join(record.argv)
        said = f"{command}: exit code {record.returncode}, {record.seconds} s"
        self._log.write("\n".join((said, *record.output)))

