"""The states of which pictures are kept, for the snapshot tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.pilot import Pilot

from bootmirror.engine.view import Phase, RehearsalView
from tests.tui import rehearsals
from tests.tui.driving import settled
from tests.tui.fake import COPY, REBOOT_AT, RESYNC, FakeSession
from tests.tui.replayed import Replayed
from tui.app import BootmirrorApp

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


@dataclass(frozen=True)
class RehearsedPicture:
    """The screen of rehearsals: each of these came to its end, and ``live`` is the present one."""

    phase: Phase
    at: int
    ended: tuple[RehearsalView, ...] = ()
    live: RehearsalView | None = None

    def session(self) -> FakeSession:
        session = FakeSession().stand(self.phase, self.at)
        session.proofs = tuple(rehearsals.proof(view) for view in self.ended)
        session.rehearsal = self.live
        return session

    def drive(self) -> Callable[[Pilot[int]], Awaitable[None]]:
        async def run(pilot: Pilot[int]) -> None:
            app = pilot.app
            assert isinstance(app, BootmirrorApp)
            app.state.clock = lambda: rehearsals.ENDED + 3 * 3600
            await Picture(keys=("e",)).drive()(pilot)

        return run


@dataclass(frozen=True)
class EditedPicture:
    """The recorded practice machine with the engine's own planner, and the keys."""

    keys: tuple[str, ...]
    appended: tuple[str, str] = ("", "")  # a file, and the line it is given on the disk

    def session(self) -> Replayed:
        return Replayed()

    def drive(self) -> Callable[[Pilot[int]], Awaitable[None]]:
        async def run(pilot: Pilot[int]) -> None:
            app = pilot.app
            assert isinstance(app, BootmirrorApp) and isinstance(app.state.session, Replayed)
            path, line = self.appended
            await Picture(keys=self.keys, wait=0.5).drive()(pilot)
            while path and not app.state.changed_on_disk:
                app.state.session.change(path, lambda text: text + line)
                app.poller.look_now()
                await pilot.pause(0.2)
            await settled(pilot)

        return run


def downs(count: int) -> tuple[str, ...]:
    return ("down",) * count


TO_COMPLAINT = ("enter", "e", *(("down",) * 6), "end", "backspace", "backspace", "b", "2")

SLOTS = ("enter", "e", *downs(7), "end", "backspace", "1", *downs(2), "end", "backspace", "0")
DEVICE = ("enter", "e", *downs(2), "end", "backspace", "7", *downs(9), "end")
TYPO = ("enter", "e", *downs(7), *(("right",) * 10), "backspace")
TWICE = ("enter", "e", *downs(15), "end", "backspace", "2")

FAILED = rehearsals.failed(rehearsals.SOURCE)
PROVED = rehearsals.proved(rehearsals.MIRROR)

PICTURES: dict[str, Picture | EditedPicture | RehearsedPicture] = {
    "disks": Picture(),
    "planned": Picture(keys=("enter", "1")),
    "configs": Picture(keys=TO_COMPLAINT, wait=0.5),
    "raidtab-slots": EditedPicture(SLOTS),
    "raidtab-device": EditedPicture(DEVICE),
    "raidtab-typo": EditedPicture(TYPO),
    "raidtab-twice": EditedPicture(TWICE),
    "swap-on-md": EditedPicture(("enter", "s", "tab")),
    "changed-on-disk": EditedPicture(("enter", "tab"), ("/etc/fstab", "tmpfs /srv tmpfs nosuid\n")),
    "review": Picture(keys=("enter", "enter")),
    "consent": Picture(keys=("enter", "enter", "enter", *"1847")),
    "run": Picture(Phase.RUNNING, COPY, 0.52),
    "reboot": Picture(Phase.REBOOT, REBOOT_AT),
    "fell-back": Picture(Phase.FELL_BACK, REBOOT_AT, failure=FELL_BACK),
    "resync": Picture(Phase.RUNNING, RESYNC, 0.483, keys=("1",)),
    "resync-run": Picture(Phase.RUNNING, RESYNC, 0.483),
    "rehearse-list": RehearsedPicture(Phase.DONE, 17, (PROVED,)),
    "rehearse-running": RehearsedPicture(
        Phase.REBOOT, REBOOT_AT, live=rehearsals.running(rehearsals.MIRROR, 11, first_boot=True)
    ),
    "rehearse-proved": RehearsedPicture(Phase.DONE, 17, (FAILED, PROVED), PROVED),
    "rehearse-not-proved": RehearsedPicture(Phase.DONE, 17, (FAILED, PROVED), FAILED),
    "done": Picture(Phase.DONE, 17, keys=("1",)),
}
