"""A live session on the made-up recipe."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

from bootmirror.engine.live import LiveSession
from bootmirror.engine.lock import at_work
from bootmirror.engine.state import State
from bootmirror.engine.view import ConversionView
from bootmirror.formats.complaint import Complaint
from bootmirror.host.host import Host
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import ConfigFile, Plan
from bootmirror.rehearsal.settings import Settings
from tests.unit.engine.conftest import Conversion
from tests.unit.engine.fakes import plan, recipe

END = 20.0  # seconds a worker on made-up steps may take


class Session(LiveSession):
    """A live session with made-up steps, worker and machine."""

    def __init__(self, conversion: Conversion) -> None:
        super().__init__(
            conversion.state, recipe(conversion.where / "effects"), conversion.world.around(),
            start_worker=self._spawn,
        )
        self.conversion = conversion
        self.refusals: tuple[Refusal, ...] = ()
        self.worker_seconds = 0.0
        self.workers: list[subprocess.Popen[bytes]] = []
        self.rehearsed: list[str] = []
        self.rehearsal: Callable[[str, Settings], object] | None = None  # what one does

    def source_refusals(self, machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
        return ()

    def mirror_refusals(
        self, machine: Machine, source_id: str, disk_id: str, allow_removable: bool = False
    ) -> tuple[Refusal, ...]:
        return self.refusals

    def _spawn(self, host: Host, state: State, undo: bool) -> None:
        before = state.log.stat().st_size if state.log.exists() else 0
        self.workers.append(self.conversion.spawn(self.worker_seconds, undo=undo))
        until = time.monotonic() + END
        while not at_work(state.lock) and not (
            state.log.exists() and state.log.stat().st_size > before
        ):
            assert time.monotonic() < until
            time.sleep(0.01)

    def _start_rehearsal(self, disk_id: str, settings: Settings) -> None:
        self.rehearsed.append(disk_id)
        if self.rehearsal is not None:
            self.rehearsal(disk_id, settings)

    def wait(self, until: Callable[[ConversionView], bool] | None = None) -> ConversionView:
        """The view once the worker has ended, or once ``until`` holds."""
        end = time.monotonic() + END
        if until is None:
            self.workers[-1].communicate(timeout=END)
            return self.view()
        while not until(view := self.view()):
            assert time.monotonic() < end
            time.sleep(0.01)
        return view

    def glance(self, machine: Machine) -> Machine:
        return machine  # the arrays and files of the machine that runs the test are not meant

    def plan(self, machine: Machine, choices: Choices) -> Plan:
        del machine
        return replace(plan(), choices=choices, configs=configs(choices))


def configs(choices: Choices) -> tuple[ConfigFile, ...]:
    """One file; a text with "wrong" in it has an error."""
    text = dict(choices.edits).get("/etc/fstab", "generated\n")
    faults = (Complaint(1, 1, "this is wrong", "correct it"),) if "wrong" in text else ()
    return (ConfigFile("/etc/fstab", "what is mounted", "today\n", "generated\n", text, faults),)
