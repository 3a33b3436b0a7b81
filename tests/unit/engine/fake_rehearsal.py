"""A process that rehearses on the made-up recipe: DIRECTORY DISK WHAT LATE. For tests.

WHAT becomes of it once its machine is on: it "boots", it is "killed", or it "waits" to be stopped.
It begins LATE seconds after it was started.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from bootmirror.engine import rehearsing
from bootmirror.engine.state import State
from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.rehearsal.outcome import Outcome, Stage, Verdict
from bootmirror.rehearsal.rehearse import Moment, listen
from bootmirror.rehearsal.settings import DEFAULT, Settings
from bootmirror.rehearsal.subject import Subject
from tests.unit.engine.fakes import QuietHost, World, recipe

PATIENCE = 30.0  # seconds


def main() -> int:
    where, disk, what, late = Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])

    def boot(
        _host: Host, _subject: Subject, _place: Path, _settings: Settings,
        tell: Callable[[Moment], None],
    ) -> Outcome:
        tell(Moment(Stage.KERNEL, 41.0, 900.0, ("Linux version",), "kvm"))
        if what == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "waits":
            time.sleep(PATIENCE)
        return Outcome(Verdict.PROVED, "It boots.", "", Stage.UP, 41.0)

    listen()
    time.sleep(late)
    state, around = State(where / "state", where / "run"), World(where / "world").around()
    steps = recipe(where / "effects")
    try:
        with mock.patch.object(rehearsing, "rehearse", boot):
            return int(rehearsing.Rehearsing(state, steps, around, QuietHost()).run(disk, DEFAULT))
    except BootmirrorError as error:
        return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main())
