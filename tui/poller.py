"""The poller: a thread that looks at machine and conversion every second, and posts changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from textual.message import Message

from bootmirror.engine.session import Session
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from tui.failure import told
from tui.state import Facts, glance, look

INTERVAL = 1.0  # seconds between glances
IN_A_ROW = 3  # looks that fail before it is told
HANGS = 15.0  # seconds a look may take before it is told
WHOLE_LOOK = (
    60.0  # seconds between whole looks while nothing is under way: a disk may be plugged in
)
CANNOT_LOOK = "The machine cannot be looked at"


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
    several in a row are told, or what is shown would pass for how it is now. So is one that does
    not come back: ``watch`` is called by the screen's timer, as this thread cannot tell then.
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
        self._hung = False  # it was told that a look does not come back
        self._began: float | None = None  # when the look under way began
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

    def watch(self) -> None:
        """Tell once of a look that takes too long: it may hang on a dying disk."""
        began = self._began
        if began is not None and time.monotonic() - began > HANGS and not self._hung:
            self._hung = True
            self._post(Blind(_hanging()))

    def _once(self) -> None:
        self._began = time.monotonic()
        try:
            facts = self._next()
        except Exception as error:  # noqa: BLE001 - one that ended this thread would blind for good
            self._failures += 1
            if self._failures == IN_A_ROW:
                self._post(Blind(told(error, CANNOT_LOOK, "it is tried again every second.")))
            return
        finally:
            self._began = None
        if self._failures >= IN_A_ROW or self._hung:
            self._post(Blind(None))
        self._failures, self._hung = 0, False
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


def _hanging() -> BootmirrorError:
    return BootmirrorError(
        "A look at the machine does not come back.",
        "A disk may not answer (dmesg tells which); what is shown follows once it does.",
    )
