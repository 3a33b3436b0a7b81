"""Rule 2: nothing changes on the source before the machine has run from the array."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import always, nothing, swap

SOURCE_UNTOUCHED = "tests/unit/steps/test_source_untouched.py"
ORDER = "tests/unit/steps/test_order.py"
PHASES = "tests/unit/engine/test_phases.py"


def configs_into_the_running_system() -> None:
    swap("bootmirror.steps.write_configs:in_copy", lambda _in_copy: lambda path: path)


def programs_of_the_running_system() -> None:
    """What is meant for the copy's own tools runs in today's system."""
    def change(_in_chroot: Any) -> Any:
        def in_the_system(*argv: str) -> Any:
            from bootmirror.actions.commands import Command

            return Command(argv)
        return in_the_system
    swap("bootmirror.actions.commands:in_chroot", change)


def source_in_place_of_the_mirror() -> None:
    """The mirror's step writes its table to the source."""
    def change(actions: Any) -> Any:
        def on_source(self: Any, plan: Any, machine: Any) -> Any:
            source = plan.source.find(machine)
            return tuple(replace(a, disk=source) if hasattr(a, "hand_on_to") else a
                         for a in actions(self, plan, machine))
        return on_source
    swap("bootmirror.steps.partition_mirror:PartitionMirror.actions", change)


def second_half_without_the_reboot() -> None:
    """The worker does not stop where the machine must first run from the array."""
    def change(next_step: Any) -> Any:
        def any_time(history: Any, steps: Any, now: Any) -> Any:
            step = copy.copy(next_step(history, steps, now))
            if step is not None:
                step.after_reboot = False
            return step
        return any_time
    swap("bootmirror.engine.phases:next_step", change)


MUTATIONS = (
    Mutation(2, "configs-into-the-running-system",
             "the configuration is written to the running system",
             configs_into_the_running_system,
             f"{SOURCE_UNTOUCHED}::test_files_are_written_to_the_mirror_but_for_the_boot_entry"),
    Mutation(2, "programs-of-the-running-system",
             "initramfs and boot loader of the running system are rebuilt, not the copy's",
             programs_of_the_running_system,
             f"{SOURCE_UNTOUCHED}::test_programs_run_in_the_copy_or_change_nothing"),
    Mutation(2, "source-in-place-of-the-mirror",
             "the new table goes to the source", source_in_place_of_the_mirror,
             f"{SOURCE_UNTOUCHED}::test_nothing_names_the_old_disk"),
    Mutation(2, "second-half-without-the-reboot",
             "the second half begins without the reboot",
             second_half_without_the_reboot,
             f"{PHASES}::test_the_first_half_ends_before_the_reboot"),
    Mutation(2, "copied-over-the-running-dev",
             "the final copy is made with the running /dev and /run in the copy",
             lambda: swap("bootmirror.steps.mounted_copy:leave_chroot", always([])),
             f"{ORDER}::test_no_copy_is_made_over_the_running_systems_own_dev"),
    Mutation(2, "not-asked-what-runs",
             "the old disk is taken without a look whether the machine still runs from it",
             lambda: swap("bootmirror.steps.partition_source:RunsFromMirror.perform", nothing),
             f"{SOURCE_UNTOUCHED}::test_a_disk_that_the_machine_runs_from_is_not_taken"),
)
