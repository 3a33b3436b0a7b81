"""The recorded practice machine, with the engine's own planner; its files can be changed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bootmirror.engine.replay import ReplaySession
from bootmirror.machine.model import Machine
from bootmirror.machine.recording import load_machine
from bootmirror.plan.choices import Choices
from tui.app import run

RECORDING = Path(__file__).parents[1] / "machines" / "debian12-bios-grub.json"
SEED = "5eed5eed-0000-4000-8000-000000000001"


class Replayed(ReplaySession):
    """A replayed machine on which somebody else edits files meanwhile."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.now = machine or load_machine(RECORDING.read_text())
        super().__init__(self.now)

    def look(self) -> Machine:
        return self.now

    def glance(self, machine: Machine) -> Machine:
        return replace(machine, files=self.now.files)

    def choose(self, source_id: str, mirror_id: str, allow_removable: bool = False) -> Choices:
        return Choices(source_id, mirror_id, SEED, allow_removable)

    def change(self, path: str, edit: Callable[[str], str]) -> None:
        """Change a file on the machine's disk."""
        files = dict(self.now.files)
        files[path] = edit(files.get(path, ""))
        self.now = replace(self.now, files=tuple(files.items()))


if __name__ == "__main__":  # with a number of seconds: fstab is changed after them
    session = Replayed()
    if len(sys.argv) > 1:
        touch = ("/etc/fstab", lambda text: f"{text}tmpfs /tmp tmpfs nosuid 0 0\n")
        threading.Timer(float(sys.argv[1]), session.change, touch).start()
    sys.exit(run(session))
