"""What a mutation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One deliberate breakage of the product."""

    rule: int  # its number in docs/design.md
    name: str
    broken: str  # what is broken, for the table
    apply: Callable[[], None]
    caught_by: str  # the test that is expected to notice

    @property
    def fast(self) -> bool:
        """Whether it is noticed without a machine being booted."""
        return not self.caught_by.startswith(("tests/lab", "tests/vm"))
