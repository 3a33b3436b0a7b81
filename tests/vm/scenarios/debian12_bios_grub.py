"""The whole conversion from the full screen over SSH, 80x24, keys alone, and its proof."""

from __future__ import annotations

from tests.vm import by_screen
from tests.vm.commands import bootmirror
from tests.vm.manifest import Manifest
from tests.vm.practice import practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import prove_mirror


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError, ScreenError."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("noting every file"):
            before = Manifest.take(machine.ssh, practice.spec.mounts)
        with by_screen.open_screen(machine.ssh) as screen:
            with phase("choosing, reading, approving"):
                by_screen.approve(screen)
            with phase("the first half"):
                by_screen.wait_for_reboot_offer(screen)
            by_screen.show(screen)
            with phase("the first boot from the array"):
                by_screen.reboot(machine, screen)
        with by_screen.open_screen(machine.ssh) as screen:
            with phase("consenting to the old disk's erasure"):
                by_screen.second_half(screen)
            with phase("the second half"):
                by_screen.wait_until_mirrored(screen)
            by_screen.show(screen)
            by_screen.leave(screen)
        bootmirror(machine.ssh, "verify")
        return prove_mirror(practice, before)
