"""The poller: a thread that looks at machine and conversion every second, and posts changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from textual.message import Message

from bootmirror.engine.session import Session
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from tui.state import Facts, glance, look

INTERVAL = 1.0  # seconds between glances
IN_A_ROW = 3  # looks that fail before it is told
WHOLE_LOOK = (
    60.0  # seconds between whole looks while nothing is under way: a disk may be plugged in
)


class Snapshot(Message):
    """The machine or the conversion has changed. A newer one replaces one not yet handled."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Snapshot)


class Blind(Message):
    """Nothing can be seen for a while, and why; None: it can be again."""

    def __init__(self, error: BootmirrorError | None) -> None:
        super().__init__()
        self.error = error


class Poller:
    """Runs until stopped. Facts are frozen: they cross from the thread to the screens as they are.

    A look that fails (a program that is away, a disk that just left) is tried again the next time;
    several in a row are told, or what is shown would pass for how it is now.
    """

    def __init__(self, session: Session, first: Facts, post: Callable[[Message], object]) -> None:
        self.source_id = ""
        self._session = session
        self._facts = first
        self._post = post
        self._wake = threading.Event()
        self._stopped = False
        self._whole_wanted = False
        self._failures = 0  # in a row
        self._looked = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread soon; it is not waited for, since a look may hang on a dying disk."""
        self._stopped = True
        self._wake.set()

    def look_now(self) -> None:
        """Take a whole look at once."""
        self._whole_wanted = True
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.wait(INTERVAL)
            self._wake.clear()
            if not self._stopped:
                self._once()

    def _once(self) -> None:
        try:
            facts = self._next()
        except BootmirrorError as error:
            self._failures += 1
            if self._failures == IN_A_ROW:
                self._post(Blind(error))
            return
        if self._failures >= IN_A_ROW:
            self._post(Blind(None))
        self._failures = 0
        if facts != self._facts:
            self._facts = facts
            self._post(Snapshot(facts))

    def _next(self) -> Facts:
        due = self._facts.view.phase is Phase.NONE and time.monotonic() - self._looked > WHOLE_LOOK
        wanted, self._whole_wanted = self._whole_wanted, False
        if not wanted and not due:
            facts = glance(self._session, self._facts)
            if facts is not None:
                return facts
        self._looked = time.monotonic()
        return look(self._session, self.source_id)
