"""A machine converted headless, and the proof: what most scenarios are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.vm.commands import bootmirror, plan_and_apply
from tests.vm.image.spec import Spec
from tests.vm.manifest import Manifest
from tests.vm.practice import Practice, Second, practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import prove_alone

Look = Callable[[Practice], None]


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
