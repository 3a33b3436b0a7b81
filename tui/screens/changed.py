"""Files changed on disk since the plan was made: take them, or keep the texts as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from bootmirror.machine.model import Machine
from bootmirror.plan.model import ConfigFile
from tui.glyphs import Glyphs
from tui.screens.dialog import Dialog, paragraphs
from tui.state import names_of
from tui.text import EMPTY, Line, Span, line
from tui.widgets.button import DialogButton
from tui.widgets.differences import changed_lines

CHANGES = 8  # rows for what changed on disk
TAKE, KEEP = "take", "keep"


class ChangedOnDisk(Dialog[str]):
    """Gives TAKE, KEEP or None; None (decide later) stands first and has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down,tab", "move(1)", "next", show=False),
        Binding("left,up,shift+tab", "move(-1)", "before", show=False),
    ]
    AUTO_FOCUS = "#later"

    def __init__(self, glyphs: Glyphs, machine: Machine, configs: Sequence[ConfigFile]) -> None:
        super().__init__(glyphs, f"{names_of(configs)}: changed on disk")
        self.machine = machine
        self.configs = configs
        self.buttons = [
            DialogButton("Decide later", id="later"),
            DialogButton("Keep this text", id=KEEP),
            DialogButton("Take from disk", id=TAKE),
        ]

    def lines(self, width: int) -> Sequence[Line]:
        texts = paragraphs(
            "The plan was made before that. What changed on disk:", width=width,
        )
        ends = paragraphs(
            "Take from disk: the text is generated again from the new file, and your edits are "
            "kept where they fit. ctrl+z takes it back in a file you edited.",
            "Keep this text: the mirror gets the text as it stands here, without what changed "
            "on disk.",
            width=width,
        )
        return [*texts, *self._changes(width), EMPTY, *ends, EMPTY]

    def _changes(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for config in self.configs:
            now = self.machine.file(config.path)
            if now is None:
                lines.append(line(Span(f" {config.path} is gone", "bad")))
            elif config.current is None:
                lines.append(line(Span(f" {config.path} is new there", "good")))
            else:
                lines += [line(f" {config.path}"), *changed_lines(config.current, now, width)]
        more = len(lines) - CHANGES
        return lines if more <= 0 else [*lines[: CHANGES - 1], line(f" and {more + 1} more lines")]

    def extra_rows(self) -> int:
        return 1

    def compose_below(self) -> ComposeResult:
        with Horizontal(id="buttons"):
            yield from self.buttons

    def action_move(self, by: int) -> None:
        at = next((i for i, button in enumerate(self.buttons) if button.has_focus), 0)
        self.buttons[(at + by) % len(self.buttons)].focus()

    def pressed(self, button: DialogButton) -> None:
        self.answer(button.id if button.id in (TAKE, KEEP) else None)
