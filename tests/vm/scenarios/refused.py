"""Machines that cannot be converted, replayed: each is refused with a sentence, and nothing made.

They need no QEMU: a root on ZFS, say, cannot be had from the packages of a practice machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bootmirror.machine.recording import dump_machine
from tests.machines.refused import refused_machines
from tests.vm.progress import say
from tests.vm.proofs import require


def run() -> str:
    """Ask for a plan of each; the words of the last line. Raises ProofError."""
    machines = refused_machines()
    with tempfile.TemporaryDirectory() as place:
        recorded, out = Path(place) / "machine.json", Path(place) / "plan.json"
        for name, (machine, words) in machines.items():
            recorded.write_text(dump_machine(machine))
            done = subprocess.run(
                [sys.executable, "-m", "bootmirror", "--machine", str(recorded), "plan",
                 "--source", "PM-0001-A", "--mirror", "PM-0002-B", "--out", str(out)],
                check=False, capture_output=True, text=True,
            )
            say(f"{name}: {' '.join(done.stderr.split())}")
            require(done.returncode == 3, f"{name}: exit code {done.returncode}, not 3")
            require(words in done.stderr, f"{name}: {words!r} is not said")
            require(not out.exists(), f"{name}: a plan was written")
    return f"{len(machines)} machines refused, each with its sentence"
