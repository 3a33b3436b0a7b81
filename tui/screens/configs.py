"""Screen 2: the plan's configuration files: editor left, what changes right, complaints under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import TextArea

from bootmirror.engine.view import Phase
from bootmirror.formats.complaint import Complaint
from bootmirror.formats.raidtab import Raidtab
from bootmirror.plan.choices import SwapChoice
from bootmirror.plan.model import ConfigFile, Plan
from tui.keys import Key, bindings
from tui.screens.base import CHROME, BaseScreen
from tui.screens.changed import TAKE, ChangedOnDisk
from tui.state import State
from tui.text import Line, Span, line, rule, width_of, wrap
from tui.widgets.canvas import Canvas
from tui.widgets.config_lines import (
    changed_lines,
    complaint_lines,
    counted,
    problem_lines,
    shortened,
    tab_line,
)
from tui.widgets.differences import difference_lines
from tui.widgets.editor import ConfigEditor
from tui.widgets.editors import Editors

DEBOUNCE = 0.3  # seconds after the last key press until the plan is made anew

EDIT = Key("e", "e", "edit", "edit", "edit the file; esc ends editing")
ACCEPT = Key("enter", "enter", "accept", "accept", "accept the files and review the steps")
NEXT = Key("tab,ctrl+right,right", "tab", "file(1)", "next file", "the next file")
BEFORE = Key("shift+tab,ctrl+left,left", "shift+tab", "file(-1)", "", "the file before")
COMPLAINT = Key(
    "ctrl+n", "ctrl+n", "complaint", "next complaint", "go to the next complaint", priority=True
)
SWAP = Key("s", "s", "swap", "", "swap on md, or plain on each disk; the raidtab follows")
REREAD = Key(
    "ctrl+r", "ctrl+r", "reread", "changed on disk",
    "look at the files again; decide about one that was changed on disk", priority=True,
)
GENERATED = Key(
    "ctrl+g", "ctrl+g", "generated", "as generated", "the file as generated", priority=True
)
UNDO = Key("ctrl+z", "ctrl+z", "undo", "undo", "take the last change back", priority=True)
BACK = Key("escape", "esc", "back", "back", "end editing; or back to the disks")
KEYS = (EDIT, ACCEPT, NEXT, BEFORE, COMPLAINT, SWAP, REREAD, GENERATED, UNDO, BACK)


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
        self.editors = Editors(glyphs)
        self.complaints = Canvas(glyphs, id="complaints")
        self.at = 0
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
        return self.editors.at(self.at)

    @property
    def editing(self) -> bool:
        return self.editor is not None and self.editor.has_focus

    def shown_keys(self) -> Iterable[Key]:
        """Those that do something now, most useful first."""
        if not self._may_edit():
            return (NEXT, BACK)
        plan, config = self.plan, self.config
        changed = [REREAD] if self.state.changed_on_disk else []
        complaint = [COMPLAINT] if plan and any(c.complaints for c in plan.configs) else []
        edited = [GENERATED] if config and self._text(config) != config.generated else []
        if self.editing:
            return (replace(BACK, short="end editing"), *changed, *complaint, *edited, UNDO, NEXT)
        swap = {SwapChoice.MD: "swap plain", SwapChoice.PLAIN: "swap on md", None: ""}
        swaps = replace(SWAP, short=swap[self.state.swap])
        return (EDIT, ACCEPT, *changed, NEXT, *complaint, swaps, *edited, BACK)

    def footer_keys(self) -> Iterable[Key]:
        # While editing, ? and q are characters like any other.
        return self.shown_keys() if self.editing else super().footer_keys()

    def _may_edit(self) -> bool:
        return self.state.phase is Phase.NONE and self.plan is not None

    def paint_body(self, width: int, height: int) -> None:
        if self.editors.match(self.plan, self._text, may_edit=self._may_edit()):
            self.call_after_refresh(self.paint)
        self.editors.show_only(self.editor)
        half = (width - 1) // 2
        self.editors.styles.width = half
        self.tabs_line.show(self._tabs(width))
        self.divider.show([(Span(self.state.glyphs.vertical, "frame"),)] * height)
        self.body.show(self.body_lines(width - half - 1, height))
        self.complaints.styles.height = max(4, height // 5)
        self._paint_complaints()

    def _paint_complaints(self) -> None:
        width, height = self.app.size
        self.complaints.show(self._complaints(width, max(4, (height - CHROME) // 5)))

    def _tabs(self, width: int) -> list[Line]:
        horizontal = self.state.glyphs.horizontal
        plan = self.plan
        if plan is None:
            return [rule("no files yet", width, horizontal)]
        counts = "checking" if self.state.planning else counted(plan)
        at = self.at % max(1, len(plan.configs))
        room = width - len(counts) - 5  # the count, and the rule's ends
        tabs = tab_line(plan, self._text, at, room)
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

    def _text(self, config: ConfigFile) -> str:
        """What stands in the editor: may be newer than the plan."""
        choices = self.state.choices
        if choices is None:
            return config.text
        return dict(choices.edits).get(config.path, config.generated)

    def _complaints(self, width: int, rows: int) -> list[Line]:
        glyphs, plan, config = self.state.glyphs, self.plan, self.config
        top = rule("", width, glyphs.horizontal)
        if plan is None or config is None:
            return [top]
        if not self._may_edit():
            return [top, line(" These are the files of the plan as it was approved.")]
        lines = changed_lines(self.state.changed_on_disk, width)
        if self.state.problem is not None:
            lines += problem_lines(self.state.problem, width, glyphs)
        elif not lines or config.complaints:
            lines += complaint_lines(plan, config, self._here(), width, glyphs)
        return [top, *shortened(lines, rows - 1, "more: ctrl+n goes from one to the next")]

    def _here(self) -> tuple[Complaint, ...]:
        """What is said of the line the cursor is on."""
        editor = self.editor
        return editor.marked(editor.cursor_location[0]) if editor and editor.has_focus else ()

    # -- the editors ------------------------------------------------------------------------

    @on(TextArea.Changed)
    def edited(self, event: TextArea.Changed) -> None:
        editor = event.text_area
        if not isinstance(editor, ConfigEditor) or not editor.editable or not self._may_edit():
            return
        editor.known = editor.text
        config = self.plan.config(editor.path) if self.plan else None
        if config is None or self._text(config) == editor.text:
            return
        self.desk.planning.edit(editor.path, editor.text)
        self._stop_timer()
        self._timer = self.set_timer(DEBOUNCE, self.desk.planning.replan)
        self.paint()

    def _stop_timer(self) -> None:
        """A plan is asked for now: none needs to be asked for later."""
        if self._timer is not None:
            self._timer.stop()

    @on(TextArea.SelectionChanged)
    def moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        if self.editing:
            self._paint_complaints()
            self._reveal_effect()

    def _reveal_effect(self) -> None:
        """Show what follows from the section of the raidtab that the cursor is in."""
        editor, config = self.editor, self.config
        if editor is None or config is None or not config.effects:
            return
        sections = Raidtab.parse(editor.text).sections
        here = [s.device for s in sections if s.line <= editor.cursor_location[0] + 1]
        rows = [row for row, text in enumerate(self.body.text.splitlines()) if "mdadm" in text]
        for row, past in zip(rows, [*rows[1:], self.body.rows], strict=False):
            if here and here[-1] in self.body.text.splitlines()[row].split():
                self.body.reveal(past - 1)
                self.body.reveal(row)
                self._paint_footer(self.app.size.width)

    def on_descendant_focus(self) -> None:
        self.paint()

    def on_descendant_blur(self) -> None:
        self.call_after_refresh(self.paint)

    # -- keys -------------------------------------------------------------------------------

    def action_edit(self) -> None:
        editor, config = self.editor, self.config
        if editor is None or config is None:
            return
        if not self._may_edit():
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

    def action_swap(self) -> None:
        swap = self.state.swap
        if not self._may_edit():
            return
        if swap is None:
            self.desk.say("No choice about swap", "The source has no swap partition.")
            return
        self._stop_timer()
        wanted = SwapChoice.PLAIN if swap is SwapChoice.MD else SwapChoice.MD
        self.desk.planning.set_swap(wanted)

    def action_reread(self) -> None:
        changed = self.state.changed_on_disk
        if not changed:
            self.desk.poller.look_now()
            return
        dialog = ChangedOnDisk(self.state.glyphs, self.state.machine, changed)
        self.desk.ask(dialog, self._decided)

    def _decided(self, decision: str | None) -> None:
        if decision is not None:
            self._stop_timer()
            planning = self.desk.planning
            (planning.take_new_files if decision == TAKE else planning.keep_texts)()

    def action_accept(self) -> None:
        self.desk.planning.accept()

    def action_back(self) -> None:
        if self.editor is not None and self.editing:
            self.set_focus(None)
            self.editor.scroll_to(x=0, animate=False)  # to be read from the beginning of its lines
            self.paint()
        else:
            self.desk.go("disks")
