"""A million small files: the worker's memory stays what it is with ten thousand.

    python -m tests.faults.many_files make COUNT DIRECTORY
    python -m tests.faults.many_files copy COUNT DIRECTORY

The one makes that many files, the other copies them by the steps' own code (the long copy, the
final one, the look for late files), and tells the most memory that its process and rsync held, in
bytes. TMPDIR says where: a million files and their copy want two million inodes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bootmirror.host.host import Host
from bootmirror.host.memory import peak_memory
from bootmirror.steps.copying import BATCH, Copy, FirstCopy
from bootmirror.steps.late_walk import batches, late_files
from bootmirror.steps.recipe import STEPS
from tests.faults.chain import Say
from tests.faults.table import Row

COUNTS = (10_000, 100_000, 1_000_000)
IN_ONE = 1000  # files in a directory
FLAT = 2 << 20  # bytes more than with the fewest
KIB = 1024
REPOSITORY = Path(__file__).resolve().parents[2]


class Quiet:
    """A report nobody reads."""

    def progress(self, done: int, total: int, **_rest: object) -> None: ...
    def note(self, text: str) -> None: ...
    def result(self, text: str) -> None: ...


def make_files(count: int, top: Path) -> None:
    for first in range(0, count, IN_ONE):
        directory = top / f"d{first // IN_ONE}"
        directory.mkdir(parents=True)
        for number in range(first, min(first + IN_ONE, count)):
            with (directory / f"f{number}").open("w") as file:
                file.write(f"{number}\n")


def copied(count: int, source: Path, target: Path) -> None:
    """What copy-system, final-copy and confirm-first-boot do with a file system."""
    copy = Copy(str(source), str(target), delete=True)
    FirstCopy(copy).perform(Host(), Quiet())
    copy.perform(Host(), Quiet())
    if list(late_files(str(source), str(target), 0.0, ())):
        raise RuntimeError("the copy is not like the source")
    # As if the whole tree had come after the last copy.
    elsewhere = target / "elsewhere"
    elsewhere.mkdir()
    found = late_files(str(source), str(elsewhere), 0.0, ())
    late = sum(len(batch) for batch in batches(found, BATCH))
    if late != count:
        raise RuntimeError(f"{late} late files")


def measured(count: int) -> dict[str, int]:
    """Bytes by name, from a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bootmirror-many-") as place:
        for what in ("make", "copy"):
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults.many_files", what, str(count), place],
                cwd=REPOSITORY, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout))


def flat(share: float, say: Say) -> Row:
    """Up to a million, or that share of it; the fewest are what the others are compared with."""
    counts = sorted({max(1000, round(count * share)) for count in COUNTS})
    row = Row("space", f"{counts[-1]} small files: the worker's memory stays flat")
    base = 0
    for count in counts:
        peaks = measured(count)
        words = ", ".join(f"{name} {peak / 1e6:.1f} MB" for name, peak in peaks.items())
        if base:
            row.count([f"{count} files: {words}"] if peaks["worker"] > base + FLAT else [])
        base = base or peaks["worker"]
        say(f"{count} files: {words}")
    return row


def main(what: str, count: str, place: str) -> int:
    source, target = Path(place) / "source", Path(place) / "target"
    if what == "make":
        make_files(int(count), source)
        return 0
    assert STEPS, "all that a worker loads is loaded"
    target.mkdir()
    copied(int(count), source, target)
    commands = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB
    print(json.dumps({"worker": peak_memory(), "cp and rsync": commands}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
