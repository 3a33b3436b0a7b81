"""What the user picked. With the facts, all a plan is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class SwapChoice(StrEnum):
    """Where swap partitions go: one on each disk, or an array of their own."""

    PLAIN = "plain"
    MD = "md"


@dataclass(frozen=True)
class Choices:
    """Source and mirror (disk ids), and the configuration files as the user left them.

    ``seed`` is a random UUID drawn once when the choice is made: every new UUID of the plan is
    derived from it, so the same facts and choices always give the same plan.
    """

    source: str
    mirror: str
    seed: str
    allow_removable: bool = False
    swap: SwapChoice = SwapChoice.PLAIN  # what the raidtab proposes; the raidtab itself decides
    edits: tuple[tuple[str, str], ...] = ()  # path of a configuration file, its edited text

    def edited(self, path: str, text: str | None) -> Choices:
        """These choices with one file edited; ``None`` goes back to the generated text."""
        kept = tuple((p, t) for p, t in self.edits if p != path)
        return replace(self, edits=kept if text is None else (*kept, (path, text)))
