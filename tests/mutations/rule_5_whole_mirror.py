"""Rule 5: [UU] proves nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import Inapplicable, always, nothing, swap

WHOLE_MIRROR = "tests/unit/steps/test_whole_mirror.py"
POINTS = "tests/unit/steps/test_points.py"
RESYNC = "tests/unit/steps/test_resync.py"
REHEARSE = "tests/unit/cli/test_rehearse.py"
INITRAMFS_AGE = "tests/unit/steps/test_initramfs_age.py"


def no_bad_block_is_seen() -> None:
    def change(member: Any) -> Any:
        return lambda *arguments: replace(member(*arguments), bad_blocks=0)
    swap("bootmirror.machine.arrays:_member", change)


def in_sync_is_enough() -> None:
    """The resync ends when md says [UU]."""
    def change(perform: Any) -> Any:
        def lenient(self: Any, host: Any, report: Any) -> None:
            from bootmirror.errors import StepFailed

            try:
                perform(self, host, report)
            except StepFailed as error:
                if "could not be copied" not in error.message:
                    raise
        return lenient
    swap("bootmirror.steps.resync:WaitForSync.perform", change)


def point_left_out(name: str) -> None:
    """Verify does not look at one subject."""
    def change(points: Any) -> Any:
        kept = tuple(point for point in points if point.name != name)
        if len(kept) == len(points):
            raise Inapplicable(f"verify has no point {name}")
        return kept
    swap("bootmirror.steps.points.registry:POINTS", change)


def whatever_was_rehearsed_is_good() -> None:
    def change(boots_alone: Any) -> Any:
        return lambda *arguments: replace(boots_alone(*arguments), ok=True)
    swap("bootmirror.engine.boot_proofs:boots_alone", change)


MUTATIONS = (
    Mutation(5, "no-bad-block-is-seen", "md's lists of bad blocks are not read",
             no_bad_block_is_seen,
             f"{WHOLE_MIRROR}::test_the_bad_blocks_of_each_half_are_counted"),
    Mutation(5, "in-sync-is-enough", "a resync that left sectors out counts as good",
             in_sync_is_enough,
             f"{RESYNC}::test_halves_in_sync_with_sectors_left_out_are_no_mirror"),
    Mutation(5, "what-does-not-hold-passes", "verify is passed whatever does not hold",
             lambda: swap("bootmirror.steps.verify:RunChecks.perform", nothing),
             f"{WHOLE_MIRROR}::test_one_point_that_does_not_hold_fails_it"),
    Mutation(5, "initramfs-of-yesterday", "an initramfs older than its configuration passes",
             lambda: swap("bootmirror.steps.build_initramfs:older_than", always("")),
             f"{INITRAMFS_AGE}::test_it_is_older_than_what_was_written_later"),
    Mutation(5, "initramfs-without-md", "an initramfs without raid1, mdadm or mdadm.conf passes",
             lambda: swap("bootmirror.kinds.initramfs_tools:lacking", always(())),
             f"{WHOLE_MIRROR}::test_an_initramfs_needs_all_it_takes_to_find_the_array"),
    Mutation(5, "boot-loader-not-looked-at", "verify does not look at the disks' boot loaders",
             lambda: point_left_out("boot loader"),
             f"{POINTS}::test_a_fault_is_told_by_its_own_line_alone"),
    Mutation(5, "initramfs-not-looked-at", "verify does not look into the initramfs",
             lambda: point_left_out("initramfs"),
             f"{POINTS}::test_a_fault_is_told_by_its_own_line_alone"),
    Mutation(5, "bad-blocks-not-looked-at", "verify does not look at md's lists of bad blocks",
             lambda: point_left_out("bad blocks"),
             f"{POINTS}::test_a_fault_is_told_by_its_own_line_alone"),
    Mutation(5, "whatever-was-rehearsed-is-good", "a disk found not to boot counts as good",
             whatever_was_rehearsed_is_good,
             f"{REHEARSE}::test_verify_tells_what_is_proved_and_how_old_that_is"),
)
