"""The editor of one configuration file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.lexers import lexer_of
from bootmirror.plan.model import ConfigFile
from tui.glyphs import Glyphs
from tui.text import STYLES, sign_for_sign
from tui.widgets.colours import KINDS, Colours
from tui.widgets.line_document import LineDocument
from tui.widgets.marks import Marks, marks, worst

_WORD = re.compile(r"\S+|.")
_SIGNS = {Severity.ERROR: "bad", Severity.WARNING: "warn"}


class ConfigEditor(TextArea):
    """A TextArea that shows nothing but printable characters, and leaves tab to the screen.

    The text itself stays as it is. What cannot be shown has a sign, and the plan's complaints say
    what it is.

    Words have the colours of their format. A line with complaints has a sign behind its number,
    and the word that is meant is underlined.
    """

    def __init__(self, config: ConfigFile, glyphs: Glyphs) -> None:
        self._colours = Colours(lexer_of(config.path))
        self._marks: Marks = {}
        self._shown: dict[int, Strip] = {}  # the widget's rows as the terminal has them
        super().__init__(
            config.text,
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="focus",
            theme="css",
            compact=True,
            highlight_cursor_line=False,
        )
        self.path = config.path
        self.editable = config.editable
        self.known = config.text  # what the screens were told, or told, of its text
        self.match_cursor_bracket = False
        self.cursor_blink = False
        self._glyphs = glyphs

    # -- the text ---------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        del language
        self.document = LineDocument(text)
        self.wrapped_document = WrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]
        """A terminal may send a carriage return for each newline that is pasted."""
        event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")

    def follow(self, text: str, *, undoable: bool) -> None:
        """Show a text that was made elsewhere; the cursor stays in its line and column."""
        self.known = text
        if undoable:
            self.replace(text, self.document.start, self.document.end)
            return
        (row, column), (x, y) = self.cursor_location, self.scroll_offset
        self.load_text(text)
        self.move_to(row + 1, column + 1)
        self.scroll_to(x, y, animate=False)

    def move_to(self, line: int, column: int) -> None:
        """Put the cursor there; line and column count from 1 and are kept within the text."""
        row = max(0, min(line - 1, self.document.line_count - 1))
        length = len(self.document.get_line(row))
        self.move_cursor((row, max(0, min(column - 1, length))))

    # -- painting ---------------------------------------------------------------------------

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Repaint; where TextArea asks for all of it, only the rows that changed are sent.

        It does at every move of the cursor, which on a serial line would be seen.
        """
        rows = range(self.size.height)
        if layout or recompose or not rows or not self.is_mounted:
            self._shown.clear()
        elif regions:
            for region in regions:
                for y in range(region.y, region.bottom):
                    self._shown.pop(y, None)
        elif repaint:
            now = {y: self.render_line(y) for y in rows}
            before, self._shown = self._shown, now
            regions = tuple(
                Region(0, y, self.size.width, 1) for y in rows if now[y] != before.get(y)
            )
            if not regions:
                return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    # -- colours and marks ------------------------------------------------------------------

    def mark(self, complaints: Sequence[Complaint], judged: str) -> None:
        """Show these complaints, made about the text ``judged``."""
        before, self._marks = self._marks, marks(complaints, judged, self.document.lines)
        changed = [row for row in {*before, *self._marks}
                   if before.get(row) != self._marks.get(row)]
        if changed:
            self._line_cache.clear()
        for row in changed:
            self.refresh_lines(row)

    def marked(self, row: int) -> tuple[Complaint, ...]:
        """What is said of a line, counted from 0."""
        return self._marks.get(row, ())

    def _build_highlight_map(self) -> None:
        super()._build_highlight_map()
        self._colours.follow(self.document.lines)

    def get_line(self, line_index: int) -> Text:
        line = self.document.get_line(line_index)
        shown = Text(self._glyphs.readable(sign_for_sign(line)), end="", no_wrap=True)
        for start, end, kind in self._colours.of(line_index):
            shown.stylize(KINDS[kind], start, end)
        for complaint in self.marked(line_index):
            word = _WORD.match(line, complaint.column - 1)
            if word:
                style = STYLES[_SIGNS[complaint.severity]] + Style(underline=True)
                shown.stylize(style, word.start(), word.end())
        return shown

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        complaints = self.marked(self.scroll_offset.y + y)
        if not complaints:
            return strip
        width = self.gutter_width
        severity = worst(complaints)
        sign = (self._glyphs.bad if severity is Severity.ERROR else "!")[0]
        number = strip.crop(0, width - 2).text
        gutter = Strip([Segment(f"{number}{sign} ", STYLES[_SIGNS[severity]])], width)
        return Strip.join([gutter, strip.crop(width)])
