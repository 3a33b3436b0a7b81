"""From two chosen disks to an accepted plan: what the Disks and Configs screens ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bootmirror.engine.session import StepActions
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan, Side
from tui.screens.dialog import Confirm
from tui.screens.review import ReviewScreen
from tui.state import State

if TYPE_CHECKING:
    from tui.app import BootmirrorApp


class Planning:
    """Choosing disks, editing files, making the plan anew. Changes nothing on the machine."""

    def __init__(self, app: BootmirrorApp, state: State) -> None:
        self.app = app
        self.state = state
        self._made = 0  # counts plans asked for: only the last one's answer is taken

    def choose(self, side: Side, disk_id: str) -> None:
        """Take a disk from the list. A removable mirror is asked about once more."""
        if side is Side.SOURCE:
            self.state.source_id = self.app.poller.source_id = disk_id
            self._chosen(allow_removable=self.state.allow_removable)
            return
        reasons = self.state.facts.mirrors.get(disk_id, ())
        if not reasons:
            self._take_mirror(disk_id, allow_removable=False)
            return
        question = Confirm(
            self.state.glyphs,
            "A removable disk?",
            "Use it",
            *(r.message for r in reasons),
            "A mirror must stay in the machine. Use this disk all the same?",
        )
        self.app.push_screen(
            question, lambda yes: self._take_mirror(disk_id, True) if yes else None
        )

    def _take_mirror(self, disk_id: str, allow_removable: bool) -> None:
        self.state.mirror_id = disk_id
        self._chosen(allow_removable)

    def _chosen(self, allow_removable: bool) -> None:
        self.state.allow_removable = allow_removable
        self.state.choices = self.state.plan = None
        self.app.poller.look_now()
        self.app.repaint()

    def make_plan(self) -> None:
        """The plan for the chosen disks, then the configs; the same plan again keeps its edits."""
        state = self.state
        if state.phase is not Phase.NONE or state.plan is not None:
            self.app.go("configs")
            return
        if not state.source_id or not state.mirror_id:
            missing = "mirror" if state.source_id else "source"
            self.app.say(
                f"No {missing} is chosen",
                f"Choose the {missing} first: press {missing[0]}, then take one of the disks.",
            )
            return
        session, machine = state.session, state.machine
        source, mirror, removable = state.source_id, state.mirror_id, state.allow_removable

        def make() -> Plan:
            return session.plan(machine, session.choose(source, mirror, removable))

        def show(plan: Plan) -> None:
            state.plan, state.choices, state.problem = plan, plan.choices, None
            self.app.go("configs")

        self.app.do(make, show)

    def edit(self, path: str, text: str) -> None:
        """Keep the edited text; the plan follows with ``replan``."""
        state = self.state
        if state.choices is None or state.plan is None:
            return
        same = state.plan.config(path).generated == text
        state.choices = state.choices.edited(path, None if same else text)
        state.planning = True

    def replan(self) -> None:
        """Make the plan anew with the edits; complaints and effects follow."""
        state, session = self.state, self.state.session
        choices, machine = state.choices, state.machine
        if choices is None:
            return
        self._made += 1
        number = self._made

        def make() -> tuple[Plan | None, BootmirrorError | None]:
            try:
                return session.plan(machine, choices), None
            except BootmirrorError as error:
                return None, error

        self.app.do(make, lambda result: self._planned(number, choices, *result))

    def _planned(
        self, number: int, choices: Choices, plan: Plan | None, problem: BootmirrorError | None
    ) -> None:
        if number != self._made or choices != self.state.choices:
            return  # edited again meanwhile: a newer answer is on its way
        self.state.planning = False
        self.state.problem = problem
        if plan is not None:
            self.state.plan = plan
        self.app.repaint()

    def accept(self) -> None:
        """From the configs to the review; barred while there are errors."""
        state = self.state
        plan = state.plan
        if state.phase is not Phase.NONE or plan is None:
            return
        if state.planning or state.problem is not None or plan.errors:
            errors = [f"{config.name} {complaint}" for config, complaint in plan.errors]
            reason = state.problem.message if state.problem else ""
            busy = "The last edit is still being checked." if state.planning else ""
            self.app.say(
                "Not accepted",
                *filter(None, (busy, reason)),
                *errors[:3],
                "Mend the files (ctrl+n goes to a complaint), or take them as generated (ctrl+g).",
            )
            return
        session, machine = state.session, state.machine
        self.app.do(lambda: session.actions(machine, plan), lambda steps: self._review(plan, steps))

    def _review(self, plan: Plan, steps: Sequence[StepActions]) -> None:
        self.app.switch_screen(ReviewScreen(self.state, plan, steps))
