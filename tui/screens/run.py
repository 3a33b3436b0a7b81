"""Screen 3: the steps, what the present one does, and what the person can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size

from bootmirror.engine.session import StepActions
from bootmirror.engine.view import ConversionView, Phase, StepState, StepView
from tui.keys import Key, bindings
from tui.screens.base import BaseScreen
from tui.screens.reading import Reading
from tui.screens.review import step_lines
from tui.state import State
from tui.text import EMPTY, Line, Span, beside, line, padded, rule, wrap
from tui.widgets.array_lines import array_lines
from tui.widgets.proof_lines import proof_lines
from tui.widgets.step_list import step_list
from tui.widgets.step_pane import step_pane

LIST_WIDTH = 33  # cells: the longest step id, its sign and its time
STARTABLE = (Phase.APPROVED, Phase.PAUSED, Phase.REBOOTED)
RETRYABLE = (Phase.FAILED, Phase.FELL_BACK, Phase.INTERRUPTED)
UNDOABLE = (Phase.APPROVED, Phase.PAUSED, Phase.CONSENT, Phase.REBOOT, *RETRYABLE)

CONSENT = Key("c", "c", "consent", "consent", "give consent to the step that erases a disk")
GO_ON = Key("g", "g", "go_on", "go on", "go on with the next step")
REBOOT = Key("r", "r", "reboot", "reboot", "reboot the machine from the mirror")
RETRY = Key("t", "t", "retry", "try again", "try the failed step, or the first boot, again")
REHEARSE = Key("e", "e", "rehearse", "rehearse", "see a boot to come, in a virtual machine")
PAUSE = Key("p", "p", "pause", "pause", "pause after the present step, or take that back")
UNDO = Key("u", "u", "undo", "undo", "undo everything while the source is still whole")
OUTPUT = Key("enter", "enter", "output", "step output", "the step's actions and its output")
LOG = Key("l", "l", "log", "log", "where the full log lies")
SELECT = (
    Key("up", "up", "select(-1)", "", "the step before"),
    Key("down", "down", "select(1)", "", "the step after"),
)
KEYS = (CONSENT, GO_ON, REHEARSE, REBOOT, RETRY, PAUSE, UNDO, OUTPUT, LOG, *SELECT)

ASKS = {
    Phase.APPROVED: "The plan is approved, nothing has begun. Press g to start.",
    Phase.PAUSED: "Paused. Press g to go on.",
    Phase.REBOOT: "Press r to reboot from the mirror. If it does not come up, the machine falls "
    "back to the old disk by itself.",
    Phase.REBOOTED: "The machine has rebooted. Press g to go on.",
    Phase.FELL_BACK: "Press t to try the first boot again, or u to undo.",
    Phase.FAILED: "Press t to try again.",
    Phase.INTERRUPTED: "The work was interrupted in this step. Press t to go on with it.",
}
NEWER = ("This system is older than the mirror, which ran the machine since. Boot the mirror to "
         "keep what it holds; t and u both erase it.")
TOO_EARLY = ("Reboot the machine (leave with q, then: reboot). It goes back to the old disk by "
             "itself; start bootmirror there to go on, or to undo.")
UNDOING = "The undo is at work. It cannot be paused; you may leave, it goes on."
UNDO_AGAIN = "The undo did not get to its end. Press u to undo again, until it is through."
OFFERS = {
    Phase.REBOOT: "Press e to see it boot in a virtual machine first.",
    Phase.DONE: "Press e to see each disk boot alone, in a virtual machine.",
}


def _older(view: ConversionView) -> bool:
    return view.phase is Phase.FELL_BACK and view.mirror_newer


def retry_possible(view: ConversionView) -> bool:
    """Whether what failed can be tried again: an undo is undone to its end, an unfinished mirror
    left by a reboot.
    """
    return view.phase in RETRYABLE and not view.undoing and not view.too_early


def pause_possible(view: ConversionView) -> bool:
    """Whether steps are at work, and not an undo: that has none to pause after."""
    return view.phase is Phase.RUNNING and not view.undoing


def undo_possible(view: ConversionView) -> bool:
    """Whether the source is still whole and no worker runs: then all can be taken back."""
    if view.too_early:
        return False
    if view.undoing:
        return view.phase is not Phase.RUNNING  # begun, so it was possible, and must be ended
    begun = any(s.after_reboot and s.state is not StepState.WAITING for s in view.steps)
    return view.phase in UNDOABLE and (not begun or view.phase is Phase.FELL_BACK)


class RunScreen(BaseScreen):
    """Following the conversion. The cursor stays on the present step until it is moved."""

    place = "run"
    KEYS: ClassVar[tuple[Key, ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._selected: int | None = None

    def shown_keys(self) -> Iterable[Key]:
        view = self.state.view
        phase, at_rehearsal = view.phase, self.state.rehearsals.running is not None
        fitting = (
            (CONSENT, phase is Phase.CONSENT),
            (GO_ON, phase in STARTABLE),
            (REHEARSE, bool(view.rehearsable or view.rehearse_hint or at_rehearsal)),
            (REBOOT, phase is Phase.REBOOT and not at_rehearsal),
            (RETRY, retry_possible(view)),
            (PAUSE, pause_possible(view)),
            (UNDO, undo_possible(view) and not at_rehearsal),
            (OUTPUT, bool(view.steps)),
            (LOG, True),
        )
        return [key for key, fits in fitting if fits]

    # -- what is shown ----------------------------------------------------------------------

    @property
    def selected(self) -> int:
        """The index of the selected step: the present one unless the cursor was moved."""
        steps = self.state.view.steps
        if self._selected is not None:
            return max(0, min(self._selected, len(steps) - 1))
        current = self.state.view.current
        if current is not None:
            return steps.index(current)
        waiting = (i for i, s in enumerate(steps) if s.state is StepState.WAITING)
        return next(waiting, len(steps) - 1)

    @property
    def step(self) -> StepView | None:
        steps = self.state.view.steps
        return steps[self.selected] if steps else None

    def paint_body(self, width: int, height: int) -> None:
        super().paint_body(width, height)
        if self.state.view.steps:
            self.body.reveal(self._row + 1)

    def body_lines(self, width: int, height: int) -> list[Line]:
        state, glyphs = self.state, self.state.glyphs
        self._row = 0
        step = self.step
        if step is None:
            return [
                rule("RUN", width, glyphs.horizontal),
                *wrap(
                    "No conversion is under way. Choose the disks (1), read the configs (2), "
                    "accept them and approve the steps.",
                    width - 1,
                    " ",
                    "",
                    " ",
                ),
            ]
        steps, self._row = step_list(state.view.steps, self.selected, LIST_WIDTH, glyphs)
        right_width = width - LIST_WIDTH - 1
        right = self._right(step, right_width, max(height - 1, len(steps)))
        divider = Span(glyphs.vertical, "frame")
        rows = max(len(steps), min(len(right), height - 1), height - 1)
        return [
            self._heading(width),
            *beside(padded(steps, rows), right[:rows], LIST_WIDTH, right_width, divider),
        ]

    def _heading(self, width: int) -> Line:
        view = self.state.view
        done = sum(step.state is StepState.FINISHED for step in view.steps)
        title = f"RUN: {done} of {len(view.steps)} steps done"
        if view.undoing:
            title = "RUN: undo"
        elif view.pausing and view.phase is Phase.RUNNING:
            title += "; will pause after this step (p: do not)"
        return rule(title, width, self.state.glyphs.horizontal)

    def _right(self, step: StepView, width: int, height: int) -> list[Line]:
        state = self.state
        asked = self._selected is None or step == state.view.current
        asks = self._asks(width) if asked else []
        arrays = array_lines(state.machine, width, state.glyphs) if state.machine.arrays else []
        under = [rule("ARRAYS", width, state.glyphs.horizontal), *arrays] if arrays else []
        room = height - len(under)
        pane = step_pane(state.view, step, asks, Size(width, room), state.glyphs)
        # What is said of the step comes first; arrays are shown where there is room for them.
        if len(pane) > room:
            return pane
        return [*padded(pane, room), *under]

    def _asks(self, width: int) -> list[Line]:
        """What the conversion waits for a person to do, and what speaks for doing it."""
        text = self._asked()
        told = proof_lines(self.state.rehearsals, width, self.state.glyphs)
        if not text:
            return told
        return [*told, *([EMPTY] if told else []), *wrap(text, width - 1, " ", "warn", " ")]

    def _asked(self) -> str:
        view = self.state.view
        if view.phase is Phase.CONSENT:
            disk = self.state.machine.disk(view.consent_disk)
            name = f"{disk.name} ({view.consent_disk})" if disk else view.consent_disk
            return f"The step {view.consent_step} erases {name}. Press c to give your consent."
        if view.too_early:
            return TOO_EARLY
        if view.undoing:
            return UNDOING if view.phase is Phase.RUNNING else UNDO_AGAIN
        known = self.state.rehearsals
        if known.running is not None:
            return ""
        offer = OFFERS.get(view.phase, "") if known.not_proved else ""
        asks = NEWER if _older(view) else ASKS.get(view.phase, "")
        return f"{offer} {asks}".strip()

    # -- keys -------------------------------------------------------------------------------

    def action_select(self, by: int) -> None:
        if self.state.view.steps:
            wanted = max(0, min(len(self.state.view.steps) - 1, self.selected + by))
            self._selected = None
            self._selected = None if wanted == self.selected else wanted
            self.paint()

    def action_top(self) -> None:
        self.action_select(-len(self.state.view.steps))

    def action_bottom(self) -> None:
        self.action_select(len(self.state.view.steps))

    def action_page(self, by: int) -> None:
        self.action_select(by * 5)

    def action_consent(self) -> None:
        self.desk.doing.ask_consent()

    def action_go_on(self) -> None:
        self.desk.doing.go_on()

    def action_rehearse(self) -> None:
        self.desk.go("rehearse")

    def action_reboot(self) -> None:
        self.desk.doing.reboot()

    def action_retry(self) -> None:
        self.desk.doing.retry()

    def action_pause(self) -> None:
        self.desk.doing.pause()

    def action_undo(self) -> None:
        self.desk.doing.undo()

    def action_log(self) -> None:
        self.desk.show_log()

    def action_output(self) -> None:
        step, plan = self.step, self.state.facts.approved
        if step is None or plan is None:
            return
        session, machine = self.state.session, self.state.machine
        self.desk.do(lambda: session.actions(machine, plan), lambda found: self._show(step, found))

    def _show(self, step: StepView, found: tuple[StepActions, ...]) -> None:
        numbered = {actions.id: (n, actions) for n, actions in enumerate(found, 1)}

        def lines(width: int) -> list[Line]:
            made: list[Line] = []
            if step.id in numbered:
                made += step_lines(*numbered[step.id], self.state.machine, width)
            if step.message:
                made += [
                    EMPTY,
                    *wrap(step.message, width - 1, " ", "", " "),
                    *wrap(step.hint, width - 1, " ", "", " "),
                ]
            made += [EMPTY, line(Span(" last output of the conversion", "bold"))]
            output = self.state.view.output or ("none yet",)
            return [*made, *(line(f" {text}") for text in output)]

        self.desk.ask(Reading(self.state.glyphs, step.id, lines))
