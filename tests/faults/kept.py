"""What earlier runs survived, so that a run of hours which was stopped can go on."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults.table import Row
from tests.vm.cache import cache_directory
from tests.vm.passed import PROJECT, digest

# The product, and all that breaks it and judges: a sharper judgement has survived nothing yet.
CODE = ("bootmirror", "tui", "bin", "tests/faults", "tests/lab", "tests/machines", "tests/tui",
        "tests/vm")
FILES = ("tests/hostile.py", "tests/hostile_checks.py", "tests/hostile_conversion.py",
         "tests/hostile_host.py")
NEVER = frozenset({"power-0"})  # pieces that are carried out each time: nothing happens in them


def checksum(project: Path = PROJECT) -> str:
    """Of all that a run carries out."""
    total = hashlib.sha256(digest(*CODE, project=project).encode())
    for name in FILES:
        total.update(hashlib.sha256((project / name).read_bytes()).digest())
    return total.hexdigest()


@dataclass
class Kept:
    """The rows of the pieces of one run, each remembered when nothing was lost in it."""

    run: str  # its seed and share: the same name draws the same faults
    goes_on: bool  # else all is carried out
    seconds_before: float = 0.0  # that the pieces taken from earlier runs took
    code: str = field(default_factory=checksum)

    def rows(self, piece: str, work: Callable[[], list[Row]]) -> list[Row]:
        """Those of an earlier run with this code, or what the work gives now."""
        if piece in NEVER:
            return work()
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
