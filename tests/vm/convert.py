"""A machine converted, headless or by the full screen, and the proof: what most scenarios are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.vm import by_screen
from tests.vm.commands import bootmirror, plan_and_apply
from tests.vm.image.spec import Spec
from tests.vm.manifest import Manifest
from tests.vm.practice import Practice, Second, practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import prove_alone

Look = Callable[[Practice], None]
Prove = Callable[[Practice, Manifest], str]


def convert(
    spec: Spec,
    *,
    second: Second | None = None,
    plan: Sequence[str] = (),
    before: Look | None = None,
    planned: Look | None = None,
    after: Look | None = None,
) -> str:
    """Plan, apply, reboot, resume, verify; then each disk alone. The words of the last line.

    ``plan`` are more arguments of ``bootmirror plan``. ``before`` looks at (or changes) the machine
    before it is planned, ``planned`` before it reboots, ``after`` when it is converted. Raises
    ProofError.
    """
    with practice_machine(spec, second) as practice:
        machine = practice.machine
        if before is not None:
            before(practice)
        with phase("noting every file"):
            noted = Manifest.take(machine.ssh, spec.mounts)
        plan_and_apply(machine.ssh, *plan)
        if planned is not None:
            planned(practice)
        with phase("the first boot from the array"):
            machine.reboot()
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        bootmirror(machine.ssh, "verify")
        if after is not None:
            after(practice)
        return prove_alone(practice, noted)


def convert_by_screen(
    spec: Spec, *, before: Look | None = None, prove: Prove = prove_alone
) -> str:
    """The same by the keys a person presses, over SSH at 80x24. Raises ProofError, ScreenError."""
    with practice_machine(spec) as practice:
        machine = practice.machine
        if before is not None:
            before(practice)
        with phase("noting every file"):
            noted = Manifest.take(machine.ssh, spec.mounts)
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
        return prove(practice, noted)
