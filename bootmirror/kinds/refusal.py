"""Why bootmirror will not do what was chosen: a sentence, and the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """``code`` is stable (for --json and tests), ``message`` and ``hint`` are sentences."""

    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
