"""Partial updates that send the changed cells and no others.

Textual 8.2.8 sends each changed line from the left edge of its widget on: ChopsUpdate crops only
the right end. Over a slow line, with a progress bar that moves every second, that is most of the
bytes. This stands on inner classes of Textual: its version is pinned, and tests/tui counts bytes.
"""

from __future__ import annotations

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class FrugalUpdate(ChopsUpdate):
    """The same spans, each cropped at both ends."""

    def render_segments(self, console: Console) -> str:
        sequences: list[str] = []
        for y, first, past in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or x >= past or end <= first:
                    continue
                left, right = max(x, first), min(end, past)
                sequences.append(Control.move_to(left, y).segment.text)
                sequences.append(strip.crop(left - x, right - x).render(console))
        return "".join(sequences)


class FrugalCompositor(Compositor):
    """A compositor whose partial updates are frugal."""

    def render_partial_update(self) -> ChopsUpdate | None:
        update = super().render_partial_update()
        return update and FrugalUpdate(update.chops, update.spans, update.chop_ends)
