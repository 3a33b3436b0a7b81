"""What earlier runs survived, so that a run of hours which was stopped can go on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from tests.faults.table import Row
from tests.vm.cache import cache_directory
from tests.vm.passed import digest

PRODUCT = ("bootmirror", "tui", "bin")


@dataclass
class Kept:
    """The rows of the pieces of one run, each remembered when nothing was lost in it."""

    run: str  # its seed and share: the same name draws the same faults
    goes_on: bool  # else all is carried out
    seconds_before: float = 0.0  # that the pieces taken from earlier runs took
    code: str = field(default_factory=lambda: digest(*PRODUCT))

    def rows(self, piece: str, work: Callable[[], list[Row]]) -> list[Row]:
        """Those of an earlier run with this code, or what the work gives now."""
        # Each code has its own: a run at another commit leaves what this one survived alone.
        record = cache_directory("faults-kept", self.run, self.code[:12]) / f"{piece}.json"
        if self.goes_on and record.exists():
            found = json.loads(record.read_text())
            self.seconds_before += found["seconds"]
            return [Row(**row) for row in found["rows"]]
        record.unlink(missing_ok=True)
        began = time.monotonic()
        rows = work()
        if not any(row.losses for row in rows):
            kept = {"seconds": time.monotonic() - began, "rows": [asdict(row) for row in rows]}
            record.write_text(f"{json.dumps(kept)}\n")
        return rows

    def told(self) -> str:
        """What of the table is not of this run, for the line above it."""
        minutes = self.seconds_before / 60
        return f" and {minutes:.1f} machine minutes of earlier runs" if minutes else ""
