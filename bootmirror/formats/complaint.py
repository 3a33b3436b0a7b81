"""What a lint says of one place in a configuration file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error bars the plan from being applied; a warning is shown and may be left."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Complaint:
    """One complaint: where (line and column count from 1), what is wrong, and the way out."""

    line: int
    column: int
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        text = f"{self.line}:{self.column}  {self.message}"
        return f"{text}; {self.hint}" if self.hint else text
