"""What was tried, by kind, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Row:
    """One kind of fault."""

    kind: str
    what: str
    tried: int = 0
    losses: list[str] = field(default_factory=list)  # a sentence each

    def count(self, losses: Iterable[str], tried: int = 1) -> None:
        """So many more were tried together; what was lost by them counts as one loss.

        With none tried it is one of those counted before that was lost. Where something was lost,
        something was tried.
        """
        found = list(losses)
        self.tried += tried
        if found:
            self.losses.append("; ".join(found))
            self.tried = max(self.tried, len(self.losses))

    @property
    def survived(self) -> int:
        return self.tried - len(self.losses)


def merged(rows: Iterable[Row]) -> list[Row]:
    """One row for each kind and name, where the first of them stood."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        whole = found.setdefault((row.kind, row.what), Row(row.kind, row.what))
        whole.tried += row.tried
        whole.losses += row.losses
    return list(found.values())


def table(rows: Sequence[Row]) -> str:
    """The rows under each other, the losses, and the closing line."""
    wide = max((len(row.what) for row in rows), default=4)
    lines = [f"{'kind':8}  {'what':{wide}}  tried  survived  lost"]
    lines += [
        f"{row.kind:8}  {row.what:{wide}}  {row.tried:5}  {row.survived:8}  {len(row.losses):4}"
        for row in rows
    ]
    lines += [f"lost: {row.kind}, {row.what}: {loss}" for row in rows for loss in row.losses]
    tried, survived = sum(r.tried for r in rows), sum(r.survived for r in rows)
    lines.append(f"faults: tried {tried}, survived {survived}, lost {tried - survived}")
    return "\n".join(lines)
