"""From two chosen disks to an accepted plan: what the Disks and Configs screens ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bootmirror.engine.session import StepActions
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices, SwapChoice
from bootmirror.plan.model import Plan, Side
from tui.rebase import Rebased, rebased
from tui.screens.dialog import Confirm
from tui.screens.review import ReviewScreen
from tui.state import State, names_of

if TYPE_CHECKING:
    from tui.app import BootmirrorApp

TOLD = 6  # complaints that a refusal names


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
        self.app.ask(
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
        session, choices, machine = self.state.session, self.state.choices, self._as_planned()
        if choices is not None:
            self._make(lambda: Rebased(session.plan(machine, choices)))

    def _as_planned(self) -> Machine:
        """Today's facts, but with the plan's files: one changed on disk waits for a decision."""
        machine, plan = self.state.machine, self.state.plan
        texts: dict[str, str | None] = dict(machine.files)
        texts |= {config.path: config.current for config in plan.configs} if plan else {}
        return replace(machine, files=tuple((p, t) for p, t in texts.items() if t is not None))

    def take_new_files(self) -> None:
        """Plan from the files as they are on disk now, the edits kept where they fit."""
        self._rebase(self.state.choices)

    def keep_texts(self) -> None:
        """Plan from today's facts; files changed on disk stay as they stand in the editors."""
        state = self.state
        if state.choices is None:
            return
        choices, edits = state.choices, dict(state.choices.edits)
        for config in state.changed_on_disk:
            choices = choices.edited(config.path, edits.get(config.path, config.text))
        session, machine = state.session, state.machine
        self._make(lambda: Rebased(session.plan(machine, choices)))

    def set_swap(self, wanted: SwapChoice) -> None:
        """Swap plain on each disk, or on md; the raidtab follows where it was not edited there."""
        state = self.state

        def told() -> None:
            if state.swap is not wanted:
                self.app.say(
                    "The raidtab decides",
                    "Your raidtab says otherwise about swap, and it is what is built.",
                    "Change its section for swap, or take it as generated (ctrl+g).",
                )

        choices = state.choices and replace(state.choices, swap=wanted)
        self._rebase(choices, as_planned=True, then=told)

    def _rebase(
        self,
        choices: Choices | None,
        *,
        as_planned: bool = False,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        session, plan = self.state.session, self.state.plan
        machine = self._as_planned() if as_planned else self.state.machine
        if choices is not None and plan is not None:
            self._make(lambda: rebased(session, machine, choices, plan), then)

    def _make(self, make: Callable[[], Rebased], then: Callable[[], None] = lambda: None) -> None:
        """Make a plan in the engine's thread; it is taken unless something newer was asked for."""
        self._made += 1
        number, asked = self._made, self.state.choices
        self.state.planning = True

        def answer() -> tuple[Rebased | None, BootmirrorError | None]:
            try:
                return make(), None
            except BootmirrorError as error:
                return None, error

        def show(result: tuple[Rebased | None, BootmirrorError | None]) -> None:
            if number != self._made or asked != self.state.choices:
                return  # edited again meanwhile: a newer answer is on its way
            self._planned(*result)
            if result[0] is not None:
                then()

        self.app.do(answer, show)

    def _planned(self, made: Rebased | None, problem: BootmirrorError | None) -> None:
        state = self.state
        state.planning = False
        state.problem = problem
        if made is not None:
            state.plan, state.choices = made.plan, made.plan.choices
        self.app.repaint()
        if made is not None and made.disputed:
            self.app.say(
                "Your edits and the new text differ",
                *(f"{path}, line {', '.join(map(str, lines))}: both were changed there, and your "
                  "text was kept." for path, lines in made.disputed),
                "Compare it with the differences on the right; ctrl+z takes it back, ctrl+g gives "
                "the file as generated.",
            )

    def accept(self) -> None:
        """From the configs to the review; barred while there are errors."""
        state = self.state
        plan = state.plan
        if state.phase is not Phase.NONE or plan is None:
            return
        changed = state.changed_on_disk
        if state.planning or state.problem is not None or plan.errors or changed:
            errors = [f"{config.name} {complaint}" for config, complaint in plan.errors]
            if len(errors) > TOLD:
                errors[TOLD:] = [f"And {len(errors) - TOLD} more complaints."]
            reason = state.problem.message if state.problem else ""
            busy = "The last edit is still being checked." if state.planning else ""
            if changed and not errors:
                self.app.say(
                    "Not accepted",
                    f"Changed on disk after this plan was made: {names_of(changed)}.",
                    "Press ctrl+r and decide which text counts.",
                )
                return
            self.app.say(
                "Not accepted",
                *filter(None, (busy, reason)),
                *errors,
                "Mend the files (ctrl+n goes to a complaint), or take them as generated (ctrl+g).",
            )
            return
        session, machine = state.session, state.machine
        self.app.do(lambda: session.actions(machine, plan), lambda steps: self._review(plan, steps))

    def _review(self, plan: Plan, steps: Sequence[StepActions]) -> None:
        self.app.go(ReviewScreen(self.state, plan, steps))
