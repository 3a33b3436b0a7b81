"""The editors of a plan's configuration files, one shown at a time."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import Vertical

from bootmirror.plan.model import ConfigFile, Plan
from tui.glyphs import Glyphs
from tui.widgets.editor import ConfigEditor


class Editors(Vertical):
    """One editor a file. Each follows the plan, except where it is newer than the plan."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="editors")
        self._glyphs = glyphs
        self._made_for: tuple[str, ...] = ()

    def at(self, number: int) -> ConfigEditor | None:
        found = list(self.query(ConfigEditor))
        return found[number % len(found)] if found else None

    def match(
        self, plan: Plan | None, text_of: Callable[[ConfigFile], str], *, may_edit: bool
    ) -> bool:
        """Show this plan's files with these texts; True when the editors were made anew."""
        wanted = (plan.choices.seed, *(c.path for c in plan.configs)) if plan else ()
        if wanted != self._made_for:
            self._made_for = wanted
            self.remove_children()
            if plan is not None:
                self.mount(*(ConfigEditor(config, self._glyphs) for config in plan.configs))
            return True
        for editor in self.query(ConfigEditor):
            config = plan.config(editor.path) if plan else None
            if config is not None:
                # What was typed and not been told of yet is newer than any plan.
                text = text_of(config)
                if editor.text == editor.known != text:
                    editor.follow(text, undoable=text != config.generated)
                editor.mark(config.complaints if may_edit else (), config.text)
            editor.can_focus = may_edit and editor.editable
            editor.read_only = not editor.can_focus
        return False

    def show_only(self, shown: ConfigEditor | None) -> None:
        for editor in self.query(ConfigEditor):
            editor.display = editor is shown
