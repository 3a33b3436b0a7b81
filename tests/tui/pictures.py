"""The states of which pictures are kept, for the snapshot tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.pilot import Pilot

from bootmirror.engine.view import Phase
from tests.tui.driving import settled
from tests.tui.fake import COPY, REBOOT_AT, RESYNC, FakeSession

FELL_BACK = (
    "The first boot did not come up on the array: the kernel found no root file system.",
    "Look at the cable of sdb; then try again (t), or undo (u).",
)


@dataclass(frozen=True)
class Picture:
    """A session in some state, and the keys that lead to what is shown."""

    phase: Phase = Phase.NONE
    at: int = 0
    fraction: float = 0.0
    keys: tuple[str, ...] = ()
    failure: tuple[str, str] = ("", "")
    wait: float = 0.0  # seconds after the keys: longer than the editor's debounce

    def session(self) -> FakeSession:
        session = FakeSession()
        session.failure = self.failure
        return session.stand(self.phase, self.at, self.fraction)

    def drive(self) -> Callable[[Pilot[int]], Awaitable[None]]:
        async def run(pilot: Pilot[int]) -> None:
            await settled(pilot)
            for key in self.keys:
                await pilot.press(key)
                await settled(pilot)
            if self.wait:
                await pilot.pause(self.wait)
                await settled(pilot)

        return run


TO_COMPLAINT = ("enter", "e", *(("down",) * 6), "end", "backspace", "backspace", "b", "2")

PICTURES = {
    "disks": Picture(),
    "planned": Picture(keys=("enter", "1")),
    "configs": Picture(keys=TO_COMPLAINT, wait=0.5),
    "review": Picture(keys=("enter", "enter")),
    "consent": Picture(keys=("enter", "enter", "enter", *"1847")),
    "run": Picture(Phase.RUNNING, COPY, 0.52),
    "reboot": Picture(Phase.REBOOT, REBOOT_AT),
    "fell-back": Picture(Phase.FELL_BACK, REBOOT_AT, failure=FELL_BACK),
    "resync": Picture(Phase.RUNNING, RESYNC, 0.483, keys=("1",)),
    "resync-run": Picture(Phase.RUNNING, RESYNC, 0.483),
    "done": Picture(Phase.DONE, 17, keys=("1",)),
}
