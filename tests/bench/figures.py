"""A figure with its bound, and the table they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. Without a bound it is there to be compared with, and not judged."""

    name: str
    value: float
    unit: str = ""  # "" is a ratio
    bound: float | None = None

    @property
    def held(self) -> bool:
        return self.bound is None or self.value <= self.bound

    def row(self) -> tuple[str, str, str, str]:
        verdict = "" if self.bound is None else "held" if self.held else "OVER"
        return self.name, shown(self.value, self.unit), self._bound(), verdict

    def _bound(self) -> str:
        return "" if self.bound is None else f"at most {shown(self.bound, self.unit)}"


def shown(value: float, unit: str) -> str:
    """A number with its unit: ratios with two decimals, counts without any."""
    number = f"{value:.0f}" if unit in {"B", "B/s"} else f"{value:.2f}"
    return f"{number} {unit}".rstrip()


def table(figures: Iterable[Figure]) -> str:
    """Name, value, bound, and whether it held, in columns."""
    rows: list[Sequence[str]] = [("figure", "value", "bound", ""), *(f.row() for f in figures)]
    name, value, bound = (max(len(row[column]) for row in rows) for column in range(3))
    return "\n".join(
        f"{row[0]:<{name}}  {row[1]:>{value}}  {row[2]:<{bound}}  {row[3]}".rstrip() for row in rows
    )


def last_line(figures: Iterable[Figure]) -> str:
    """How many of those that have a bound are within it."""
    judged = [figure for figure in figures if figure.bound is not None]
    within = sum(figure.held for figure in judged)
    return f"bench: {within} of {len(judged)} within bounds"
