"""A worker process on the made-up recipe: DIRECTORY SECONDS WHAT. For tests."""

from __future__ import annotations

import sys
from pathlib import Path

from bootmirror.engine.state import State
from bootmirror.engine.undoing import UndoWorker
from bootmirror.engine.worker import Worker, listen
from bootmirror.errors import BootmirrorError
from tests.mutations import switch
from tests.unit.engine.fakes import Blank, QuietHost, World, recipe


def main() -> int:
    switch.apply_chosen()
    where, seconds, knows = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "knows"
    steps = recipe(where / "effects", seconds, knows)
    listen()
    state, around = State(where / "state", where / "run"), World(where / "world").around()
    try:
        if sys.argv[3] == "undo":
            worker = UndoWorker(state, steps, around, QuietHost)
            return int(worker.run(lambda plan, machine: (Blank(where),)))
        return int(Worker(state, steps, around, QuietHost).run())
    except BootmirrorError as error:
        print(error.message, error.hint)
        return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main())
