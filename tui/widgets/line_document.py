"""A document of which only a newline ends a line.

Textual's own parts lines at a carriage return, a form feed and others too, and joins all of them
with the first kind it found: a file would not come back byte for byte, and its lines would not be
those that complaints count.
"""

from __future__ import annotations

from textual.document._document import Document, EditResult, Location


class LineDocument(Document):
    """The text's lines; ``text`` gives it back as it was."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._lines = text.split("\n")

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put ``text`` in place of what lies between the two; the only way to change it."""
        (top, left), (bottom, right) = sorted((start, end))
        replaced = self.get_text_range(start, end)
        head = "".join(self._lines[top : top + 1])[:left]
        tail = "".join(self._lines[bottom : bottom + 1])[right:]
        lines = f"{head}{text}{tail}".split("\n")
        self._lines[top : bottom + 1] = lines
        return EditResult((top + len(lines) - 1, len(lines[-1]) - len(tail)), replaced)
