"""The full screen: ``run(session)`` opens it and gives back the exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from bootmirror.engine.session import Session
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError, ExitCode, NoConsent, StalePlan
from bootmirror.host.clean import visible
from tui import terminal
from tui.doing import Doing
from tui.failure import keep_traceback, told
from tui.glyphs import ASCII, UNICODE, Glyphs
from tui.planning import Planning
from tui.poller import Blind, Poller, Snapshot
from tui.screens.base import BaseScreen
from tui.screens.configs import ConfigsScreen
from tui.screens.dialog import Confirm, Notice
from tui.screens.disks import DisksScreen
from tui.screens.help import help_lines
from tui.screens.modal import Modal
from tui.screens.reading import Reading
from tui.screens.rehearse import RehearseScreen
from tui.screens.run import RunScreen
from tui.screens.too_small import SMALLEST, TooSmall
from tui.state import Facts, State, look

T = TypeVar("T")
AGES = 60.0  # seconds: how long ago something was is said anew
WATCHES = 3.0  # seconds: whether the poller's look came back
NO_REBOOT = (
    "The reboot will not come: this screen waits for the copy to be done, then restarts the "
    "machine. The copy goes on without it; start bootmirror again when it is done, and reboot."
)


class Done(Message):
    """A call of the engine has come back, with its result or its error."""

    def __init__(
        self, then: Callable[[Any], None], result: Any, error: BootmirrorError | None
    ) -> None:
        super().__init__()
        self.then = then
        self.result = result
        self.error = error


class BootmirrorApp(App[int]):
    """Screens on a session. Holds their common state, and is the only one to call the engine."""

    TITLE = "bootmirror"
    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "leave", show=False, priority=True)
    ]

    def __init__(self, session: Session, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(ansi_color=True)
        self.state = State(session, glyphs, look(session))
        self.state.propose()
        self.poller = Poller(session, self.state.facts, self.post_message)
        self.poller.source_id = self.state.source_id
        self.animation_level = "none"
        self.failure = ""  # where the traceback of a failure of the screen itself lies
        self.calls = 0  # calls of the engine under way
        self.changing = False  # one of them changes something
        self.closed = 0.0  # when a dialog was closed last (monotonic)
        self.planning = Planning(self, self.state)
        self.doing = Doing(self, self.state)

    # -- life -------------------------------------------------------------------------------

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            # A dropped SSH line sends SIGHUP; the work goes on in its own process.
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self.exit, 0)
        self.install_screen(DisksScreen(self.state), "disks")
        self.install_screen(ConfigsScreen(self.state), "configs")
        self.install_screen(RunScreen(self.state), "run")
        self.install_screen(RehearseScreen(self.state), "rehearse")
        self.push_screen("disks" if self.state.phase is Phase.NONE else "run")
        self.poller.start()
        self.set_interval(AGES, self.repaint)
        self.set_interval(WATCHES, self.poller.watch)
        self._check_size(self.size)

    def on_unmount(self) -> None:
        self.poller.stop()

    def on_resize(self, event: events.Resize) -> None:
        self._check_size(event.size)

    async def on_event(self, event: events.Event) -> None:
        """A key that was pressed before a dialog closed was meant for that dialog: on the screen
        under it, which the person had not seen, it does nothing.
        """
        if not (isinstance(event, events.Key) and event.time < self.closed):
            await super().on_event(event)

    def _check_size(self, size: Size) -> None:
        """Cover what is shown while the terminal is too small. Called wherever screens go: the
        cover may lie under a question, which stays until it is answered.
        """
        if len(self.screen_stack) < 2:
            return  # the terminal told its size before there was a screen
        small = size.width < SMALLEST[0] or size.height < SMALLEST[1]
        if small and not any(isinstance(screen, TooSmall) for screen in self.screen_stack):
            self.push_screen(TooSmall(self.state.glyphs))
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def _fatal_error(self) -> None:
        """A failure of the screen itself: its traceback goes to a file, never to the terminal."""
        self.failure = str(keep_traceback())
        self._close_messages_no_wait()

    def action_help_quit(self) -> None:
        """Ctrl+C: ask, so that a habit does not close the screen unasked."""
        self.leave()

    def action_leave(self) -> None:
        self.leave()

    # -- calls of the engine ----------------------------------------------------------------

    def do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Call the engine in a thread, then ``then`` with its result, or show its error."""
        self.calls += 1

        def run() -> None:
            try:
                self.post_message(Done(then, work(), None))
            except Exception as error:  # noqa: BLE001 - carried to the screen's thread
                why = told(error, "That did not work", "then try again.")
                self.post_message(Done(then, None, why))

        threading.Thread(target=run, name="engine call", daemon=True).start()

    @on(Done)
    def done(self, message: Done) -> None:
        self.calls -= 1
        if not self.screen_stack:
            return  # the app is closing: there is nothing left to show it on
        if message.error is None:
            message.then(message.result)
        else:
            self._refused(message.error)

    def _refused(self, error: BootmirrorError) -> None:
        """Show an error; where the engine came to a step that erases a disk, ask instead."""
        self.state.planning = False
        self.repaint()  # a reboot that was to follow does not come

        def ask() -> None:
            if self.state.phase is Phase.CONSENT:
                self.doing.ask_consent()
            else:
                self.show_error(error)

        def again() -> None:
            if self.state.changed_on_disk:
                self.go("configs")  # where it is said, and decided
            else:
                self.planning.replan()  # from today's facts, the edits kept
            self.show_error(error)

        if isinstance(error, NoConsent):
            self.refresh_facts(ask)
        elif isinstance(error, StalePlan):
            self.refresh_facts(again)
        else:
            self.poller.look_now()
            self.show_error(error)

    def change(self, *work: Callable[[], None], stay: bool = False) -> None:
        """Calls that change something, one after the other; then look and show where it stands,
        on the screen that fits it, or on the present one (``stay``).

        One at a time. ``change_beside`` is for what may come while another one waits.
        """
        if self.state.session.read_only:
            self.say_read_only()
            return

        if self.changing:
            return  # a key pressed twice
        self.changing = True

        def run() -> None:
            try:
                for step in work:
                    step()
            finally:
                self.changing = False

        self.do(run, lambda _: self.refresh_facts(stay=stay))

    def change_beside(self, work: Callable[[], None]) -> None:
        """A change that does not wait for one under way to come back, nor ends it."""
        if self.state.session.read_only:
            self.say_read_only()
            return
        self.do(work, lambda _: self.refresh_facts(stay=True))

    def refresh_facts(
        self, then: Callable[[], None] | None = None, *, stay: bool = False
    ) -> None:
        """A whole look, shown on the screen that fits it unless ``stay``; then ``then``."""
        session, source = self.state.session, self.state.source_id

        def show(facts: Facts) -> None:
            self._take(facts)
            self.poller.look_now()
            if not stay:
                self.go("disks" if self.state.phase is Phase.NONE else "run")
            if then is not None:
                then()

        self.do(lambda: look(session, source), show)

    @on(Snapshot)
    def snapshot(self, message: Snapshot) -> None:
        self._take(message.facts)

    @on(Blind)
    def blind(self, message: Blind) -> None:
        self.state.blind = message.error
        self.repaint()

    def _take(self, facts: Facts) -> None:
        before = self.state.phase
        self.state.facts = facts
        self.state.propose()
        if before is Phase.NONE and self.state.phase is not Phase.NONE:
            self.state.plan = self.state.choices = None  # what was approved is shown from now on
        self.repaint()

    def repaint(self) -> None:
        """Let the full screens on the stack show the present state."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.paint()

    # -- moving -----------------------------------------------------------------------------

    def go(self, place: str | BaseScreen) -> None:
        """Show one of the main screens; dialogs over the one before are gone."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
            self.closed = time.monotonic()
        self.switch_screen(place)
        self._check_size(self.size)

    def ask(self, dialog: Modal[T], then: Callable[[T | None], None] | None = None) -> None:
        """Put a dialog over what is shown; where the terminal is too small for it, under the
        sentence that says so. ``then`` takes what it gives.
        """
        if isinstance(self.screen, TooSmall):
            self.pop_screen()
        self.push_screen(dialog, then)
        self._check_size(self.size)

    def modal_closed(self) -> None:
        self.closed = time.monotonic()
        self._check_size(self.size)

    def leave(self) -> None:
        """Leave, and ask before where something would be lost by it."""
        lost = ""
        if self.state.rebooting:
            lost = NO_REBOOT
        elif self.state.edited:
            lost = "The files you edited are not approved yet: your edits will be lost."
        if not lost:
            self.exit(0)
            return
        question = Confirm(self.state.glyphs, "Leave?", "Leave", lost)
        # Over the sentence of a terminal that is too small as well: q was pressed there.
        self.push_screen(question, lambda yes: self.exit(0) if yes else None)

    def say(self, title: str, *texts: str) -> None:
        self.ask(Notice(self.state.glyphs, title, *texts))

    def say_read_only(self) -> None:
        self.say(
            "Read only",
            "This is a captured machine: everything can be looked at, nothing can be done on it.",
            "Start bootmirror on the machine itself, without --machine.",
        )

    def show_error(self, error: BootmirrorError) -> None:
        told = getattr(error, "differences", ())
        differences = [text for text in told if text not in error.message]
        self.say("Not done", error.message, *differences, error.hint)

    def show_help(self) -> None:
        glyphs = self.state.glyphs
        self.ask(Reading(glyphs, "All keys", lambda width: help_lines(glyphs, width)))

    def show_log(self) -> None:
        session = self.state.session
        self.do(session.log_path, lambda path: self.say("The full log", f"It lies in {path}."))


def run(session: Session) -> int:
    """Open the full screen on a session; returns the process's exit code."""
    environment = terminal.original_environment()
    refusal = terminal.refusal(os.environ.get("TERM", ""))
    if not refusal and not (sys.stdin.isatty() and sys.stderr.isatty()):
        refusal = "The full screen needs a terminal. Use bootmirror status, plan, apply and resume."
    if refusal:
        sys.stderr.write(f"bootmirror: {refusal}\n")
        return ExitCode.USAGE
    basic = terminal.is_basic({**environment, "TERM": os.environ["TERM"]})
    try:
        app = BootmirrorApp(session, ASCII if basic else UNICODE)
    except BootmirrorError as error:
        sys.stderr.write(visible(f"bootmirror: {error.message} {error.hint}") + "\n")
        return error.exit_code
    code = app.run(mouse=False)
    if app.failure:
        sys.stderr.write(
            f"bootmirror: the screen failed; work that was begun goes on. What went "
            f"wrong is in {app.failure}. Start bootmirror again.\n"
        )
        return ExitCode.FAILED
    farewell(app.state)
    return code if code is not None else ExitCode.DONE


def farewell(state: State) -> None:
    """What is said on the terminal after leaving while work goes on."""
    if state.rebooting:
        sys.stdout.write(
            "The machine will not be restarted: that was for this screen to do. Work that was "
            "begun goes on; start bootmirror again to see it, then reboot.\n"
        )
    elif state.phase is Phase.RUNNING:
        sys.stdout.write(
            "The work goes on without this screen. Start bootmirror again to see it.\n"
        )
    elif state.rehearsals.running is not None:
        sys.stdout.write(
            "The rehearsal goes on without this screen. Start bootmirror again to see it.\n"
        )
