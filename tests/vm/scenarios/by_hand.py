"""The recipe by hand, without bootmirror: proves the practice machine and the comparison."""

from __future__ import annotations

import re
from pathlib import Path

from tests.vm.machine import Machine
from tests.vm.manifest import Manifest
from tests.vm.practice import Practice, practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import prove_mirror, require_arrays

SCRIPT = Path(__file__).parents[1] / "by_hand.sh"


def half(machine: Machine, practice: Practice, which: str) -> dict[str, float]:
    """Run "before" or "after"; the seconds of each phase. Raises CommandError."""
    machine.ssh.run("sh", "-c", "cat > /run/by_hand.sh", stdin=SCRIPT.read_bytes())
    out = machine.ssh.run(
        "sh", "/run/by_hand.sh", which, practice.source.serial, practice.mirror.serial,
        timeout=1800,
    )
    for line in out.splitlines():
        say(f"  {line}")
    return {name: float(seconds) for name, seconds in re.findall(r"phase (\S+) ([\d.]+)", out)}


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("noting every file"):
            before = Manifest.take(machine.ssh, practice.spec.mounts)
        with phase("by hand, up to the reboot"):
            half(machine, practice, "before")
        with phase("the first boot from the array"):
            machine.reboot()
        require_arrays(machine, [practice.mirror.serial])
        with phase("by hand, to the end"):
            half(machine, practice, "after")
        return prove_mirror(practice, before)
