"""Scenes on the fake session: for measuring, and for looking at by hand.

``python -m tests.tui.scenes NAME`` shows one in this terminal.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from bootmirror.engine.view import Phase
from tests.tui import rehearsals
from tests.tui.fake import COPY, REBOOT_AT, RESYNC, FakeSession
from tests.tui.hostile import HARMFUL, HostileSession
from tui.app import run


def resync() -> FakeSession:
    """An old disk being rebuilt at 94 MB/s, told anew every second."""
    session = FakeSession().stand(Phase.RUNNING, RESYNC, 0.2)

    def move() -> None:
        for second in range(100_000):
            session.frozen_seconds = float(second)
            session.stand(Phase.RUNNING, RESYNC, 0.2 + second * 0.005)
            time.sleep(1)

    threading.Thread(target=move, daemon=True).start()
    return session


def copying() -> FakeSession:
    return FakeSession().stand(Phase.RUNNING, COPY, 0.52)


def done() -> FakeSession:
    return FakeSession().stand(Phase.DONE)


def rehearsing() -> FakeSession:
    """The mirror's first boot, a line of its console a second, then what was found."""
    session = FakeSession(pace=1.0).stand(Phase.REBOOT, REBOOT_AT)
    session.rehearse(rehearsals.MIRROR)
    return session


def rehearsed() -> FakeSession:
    """Mirrored; one disk was found not to boot, the other was proved to."""
    session = done()
    for view in (rehearsals.failed(rehearsals.SOURCE), rehearsals.proved(rehearsals.MIRROR)):
        session.rehearsal, session.proofs = view, (*session.proofs, rehearsals.proof(view))
    return session


def hostile() -> FakeSession:
    """Every free string a terminal's command."""
    return HostileSession(HARMFUL)


class Unshowable(str):
    """Breaks what shows it, in a way nobody thought of."""

    def __format__(self, how: str) -> str:
        raise ZeroDivisionError("nobody thought of this")

    __str__ = __repr__ = lambda self: self.__format__("")


class Broken(FakeSession):
    """It is the screen that fails, with what a call gave it."""

    def log_path(self) -> str:
        return Unshowable("/log")


SCENES: dict[str, Callable[[], FakeSession]] = {
    "idle": FakeSession,
    "resync": resync,
    "copying": copying,
    "done": done,
    "hostile": hostile,
    "broken": Broken,
    "rehearsing": rehearsing,
    "rehearsed": rehearsed,
    "work": lambda: FakeSession(pace=1.0),
}

if __name__ == "__main__":
    sys.exit(run(SCENES[sys.argv[1]]()))
