"""Screen 2: the plan's configuration files: editor left, what changes right, complaints under."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import TextArea

from bootmirror.engine.view import Phase
from bootmirror.formats.complaint import Complaint
from bootmirror.plan.model import ConfigFile, Plan
from tui.keys import Key, bindings
from tui.screens.base import BaseScreen
from tui.state import State
from tui.text import Line, Span, line, rule, width_of, wrap
from tui.widgets.canvas import Canvas
from tui.widgets.config_lines import complaint_lines, counted, problem_lines, tab_line
from tui.widgets.differences import difference_lines
from tui.widgets.editor import ConfigEditor

DEBOUNCE = 0.3  # seconds after the last key press until the plan is made anew

KEYS = (
    Key("e", "e", "edit", "edit", "edit the file; esc ends editing"),
    Key("enter", "enter", "accept", "accept", "accept the files and review the steps"),
    Key("tab,ctrl+right,right", "tab", "file(1)", "next file", "the next file", priority=False),
    Key("shift+tab,ctrl+left,left", "shift+tab", "file(-1)", "", "the file before"),
    Key(
        "ctrl+n", "ctrl+n", "complaint", "next complaint", "go to the next complaint", priority=True
    ),
    Key("ctrl+g", "ctrl+g", "generated", "as generated", "the file as generated", priority=True),
    Key("ctrl+z", "ctrl+z", "undo", "", "take the last change back", priority=True),
    Key("escape", "esc", "back", "back", "end editing; or back to the disks"),
)
EDITING = (
    Key("", "esc", "", "end editing", ""),
    Key("", "ctrl+n", "", "complaint", ""),
    Key("", "ctrl+g", "", "as generated", ""),
    Key("", "ctrl+z", "", "undo", ""),
    Key("", "tab", "", "next", ""),
)


class ConfigsScreen(BaseScreen):
    """Reading and editing the files. Keys are commands until ``e`` starts editing."""

    place = "configs"
    KEYS: ClassVar[tuple[Key, ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, state: State) -> None:
        super().__init__(state)
        glyphs = state.glyphs
        self.tabs_line = Canvas(glyphs, id="tabs")
        self.divider = Canvas(glyphs, id="divider")
        self.editors = Vertical(id="editors")
        self.complaints = Canvas(glyphs, id="complaints")
        self.at = 0
        self._made_for: tuple[str, ...] = ()
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield self.tabs_line
        with Horizontal(id="files"):
            yield self.editors
            yield self.divider
            yield self.body
        yield self.complaints

    # -- what is shown ----------------------------------------------------------------------

    @property
    def plan(self) -> Plan | None:
        return self.state.shown_plan

    @property
    def config(self) -> ConfigFile | None:
        configs = self.plan.configs if self.plan else ()
        return configs[self.at % len(configs)] if configs else None

    @property
    def editor(self) -> ConfigEditor | None:
        found = list(self.editors.query(ConfigEditor))
        return found[self.at % len(found)] if found else None

    @property
    def editing(self) -> bool:
        return self.editor is not None and self.editor.has_focus

    def shown_keys(self) -> Iterable[Key]:
        if self.editing:
            return EDITING
        if not self._may_edit():
            return [key for key in KEYS if key.keys not in ("e", "ctrl+n", "ctrl+g", "enter")]
        return KEYS

    def footer_keys(self) -> Iterable[Key]:
        # While editing, ? and q are characters like any other.
        return EDITING if self.editing else super().footer_keys()

    def _may_edit(self) -> bool:
        return self.state.phase is Phase.NONE and self.plan is not None

    def paint_body(self, width: int, height: int) -> None:
        self._match_editors()
        half = (width - 1) // 2
        self.editors.styles.width = half
        self.tabs_line.show(self._tabs(width))
        self.divider.show([(Span(self.state.glyphs.vertical, "frame"),)] * height)
        self.body.show(self.body_lines(width - half - 1, height))
        self.complaints.show(self._complaints(width))

    def _tabs(self, width: int) -> list[Line]:
        horizontal = self.state.glyphs.horizontal
        plan = self.plan
        if plan is None:
            return [rule("no files yet", width, horizontal)]
        counts = "checking" if self.state.planning else counted(plan)
        at = self.at % max(1, len(plan.configs))
        tabs = tab_line(plan, self._edits, at)
        rest = max(0, width - width_of(tabs) - len(counts) - 4)
        end = (Span(horizontal * rest, "frame"), Span(f" {counts} "), Span(horizontal, "frame"))
        return [(Span(horizontal, "frame"), *tabs, *end)]

    def body_lines(self, width: int, height: int) -> list[Line]:
        del height
        config = self.config
        if config is None:
            return wrap(
                "There is no plan yet. Go to the disks (1), choose source and mirror, and "
                "press enter.",
                width - 1,
                " ",
                "",
                " ",
            )
        return difference_lines(config, self._text(config), width)

    @property
    def _edits(self) -> dict[str, str]:
        return dict(self.state.choices.edits) if self.state.choices else {}

    def _text(self, config: ConfigFile) -> str:
        """What stands in the editor: may be newer than the plan."""
        return self._edits.get(config.path, config.text)

    def _complaints(self, width: int) -> list[Line]:
        glyphs, plan, config = self.state.glyphs, self.plan, self.config
        top = rule("", width, glyphs.horizontal)
        if self.state.problem is not None:
            return [top, *problem_lines(self.state.problem, width, glyphs)]
        if plan is None or config is None:
            return [top]
        if not self._may_edit():
            return [top, line(" These are the files of the plan as it was approved.")]
        return [top, *complaint_lines(plan, config, width, glyphs)]

    # -- the editors ------------------------------------------------------------------------

    def _match_editors(self) -> None:
        """One editor a file: made when the plan has other files, or is another plan."""
        plan = self.plan
        wanted = (plan.choices.seed, *(c.path for c in plan.configs)) if plan else ()
        if wanted != self._made_for:
            self._made_for = wanted
            self.editors.remove_children()
            if plan is not None:
                made = [ConfigEditor(config, self.state.glyphs) for config in plan.configs]
                self.editors.mount(*made)
                self.call_after_refresh(self.paint)
        elif plan is not None:
            self._follow(plan.configs)
        for editor in self.editors.query(ConfigEditor):
            editor.display = editor is self.editor
            editor.can_focus = self._may_edit() and editor.editable
            editor.read_only = not editor.can_focus

    def _follow(self, configs: Sequence[ConfigFile]) -> None:
        """Files that follow from the edited ones show their new text."""
        texts = {config.path: config.text for config in configs}
        for editor in self.editors.query(ConfigEditor):
            text = texts.get(editor.path, editor.text)
            if not editor.editable and editor.text != text:
                editor.load_text(text)

    @on(TextArea.Changed)
    def edited(self, event: TextArea.Changed) -> None:
        editor = event.text_area
        if not isinstance(editor, ConfigEditor) or not editor.editable or not self._may_edit():
            return
        config = self.plan.config(editor.path) if self.plan else None
        if config is None or self._text(config) == editor.text:
            return
        self.desk.planning.edit(editor.path, editor.text)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE, self.desk.planning.replan)
        self.paint()

    @on(TextArea.SelectionChanged)
    def moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()

    def on_descendant_focus(self) -> None:
        self.paint()

    def on_descendant_blur(self) -> None:
        self.call_after_refresh(self.paint)

    # -- keys -------------------------------------------------------------------------------

    def action_edit(self) -> None:
        editor, config = self.editor, self.config
        if editor is None or config is None:
            return
        if self.state.session.read_only:
            self.desk.say_read_only()
        elif not self._may_edit():
            self.desk.say("Approved already", "The plan is being carried out; its files are fixed.")
        elif not editor.editable:
            self.desk.say(
                "Not edited here",
                f"{config.name} follows from the plan: edit raidtab or "
                "fstab, and it changes with them.",
            )
        else:
            editor.focus()

    def action_file(self, by: int) -> None:
        if self.plan is None or not self.plan.configs:
            return
        self.set_focus(None)
        self.at = (self.at + by) % len(self.plan.configs)
        self.body.scroll_to_line(0)
        self.paint()

    def action_complaint(self) -> None:
        """Go to the first complaint after the cursor, in this file, then in the next ones."""
        spot = self._next_complaint()
        if spot is None:
            self.app.bell()
            return
        self.at, complaint = spot
        self.paint()
        editor = self.editor
        if editor is not None:
            editor.move_to(complaint.line, complaint.column)
            if editor.can_focus:
                editor.focus()

    def _next_complaint(self) -> tuple[int, Complaint] | None:
        plan, editor = self.plan, self.editor
        if plan is None or editor is None:
            return None
        row, column = editor.cursor_location
        here = self.at % len(plan.configs)
        spots = [(i, c) for i, config in enumerate(plan.configs) for c in sorted(config.complaints)]
        later = [
            s
            for s in spots
            if s[0] > here or (s[0] == here and (s[1].line, s[1].column) > (row + 1, column + 1))
        ]
        return next(iter([*later, *spots]), None)

    def action_generated(self) -> None:
        editor, config = self.editor, self.config
        if editor is not None and config is not None and editor.can_focus:
            start, end = editor.document.start, editor.document.end
            editor.replace(config.generated, start, end)

    def action_undo(self) -> None:
        if self.editor is not None and self.editor.can_focus:
            self.editor.undo()

    def action_accept(self) -> None:
        self.desk.planning.accept()

    def action_back(self) -> None:
        if self.editing:
            self.set_focus(None)
            self.paint()
        else:
            self.desk.go("disks")
