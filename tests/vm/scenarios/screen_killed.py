"""The SSH line is cut in the middle of the copy and again in the resync; the work goes on."""

from __future__ import annotations

import time

from tests.vm import by_screen
from tests.vm.commands import bootmirror, running_step
from tests.vm.machine import Machine
from tests.vm.manifest import Manifest
from tests.vm.practice import practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import prove_mirror, require
from tests.vm.screen import Screen


def _cut_in(machine: Machine, screen: Screen, step: str) -> None:
    """Cut the screen's line when that step is at work, and see that the step goes on."""
    with phase(f"waiting for {step}"):
        deadline = time.monotonic() + by_screen.HALF
        while running_step(machine.ssh) != step:
            require(time.monotonic() < deadline, f"{step} did not begin")
            screen.read(1)
    screen.cut()
    say(f"cut the line during {step}")
    time.sleep(3)
    after = running_step(machine.ssh)
    require(bool(after), f"nothing is at work after the line was cut during {step}")
    say(f"still at work: {after}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError, ScreenError."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("noting every file"):
            before = Manifest.take(machine.ssh, practice.spec.mounts)
        with by_screen.open_screen(machine.ssh) as screen:
            by_screen.approve(screen)
            _cut_in(machine, screen, "copy-system")
        with by_screen.open_screen(machine.ssh) as screen:
            screen.wait_for("[3 Run]", seconds=by_screen.START)
            by_screen.show(screen)
            with phase("the rest of the first half, on a new screen"):
                by_screen.wait_for_reboot_offer(screen)
            with phase("the first boot from the array"):
                by_screen.reboot(machine, screen)
        with by_screen.open_screen(machine.ssh) as screen:
            by_screen.second_half(screen)
            _cut_in(machine, screen, "resync")
        with by_screen.open_screen(machine.ssh) as screen:
            screen.wait_for("[3 Run]", seconds=by_screen.START)
            with phase("the rest of the second half, on a new screen"):
                by_screen.wait_until_mirrored(screen)
            by_screen.leave(screen)
        bootmirror(machine.ssh, "verify")
        return f"the line was cut twice; {prove_mirror(practice, before)}"
