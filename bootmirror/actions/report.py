"""What a running step tells: how far it is, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Progress:
    """How far the present step is; readers get it through a file replaced about once a second."""

    step: str
    done: int = 0
    total: int = 0
    unit: str = "bytes"
    files_done: int = 0
    files_total: int = 0
    speed: int = 0  # bytes a second
    seconds_left: int | None = None
    text: str = ""  # what is being worked on

    @property
    def fraction(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0


class Report(Protocol):
    """Where a step says what goes on; the worker writes it down."""

    def progress(  # noqa: PLR0913 - what a progress line shows, all but two optional
        self,
        done: int,
        total: int,
        *,
        unit: str = "bytes",
        files_done: int = 0,
        files_total: int = 0,
        speed: int = 0,
        seconds_left: int | None = None,
        text: str = "",
    ) -> None:
        """How far the step is. May be called often: it is written at most once a second."""
        ...

    def note(self, text: str) -> None:
        """One line for the journal and the screen's output pane."""
        ...

    def result(self, text: str) -> None:
        """What the step found or did, in a sentence: kept with its finish record."""
        ...
