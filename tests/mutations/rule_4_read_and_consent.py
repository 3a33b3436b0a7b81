"""Rule 4: before the source is overwritten the mirror is read to its end, and the user consents."""

from __future__ import annotations

from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import always, nothing, swap

READ_BACK = "tests/unit/steps/test_read_back.py"
ARRIVED = "tests/unit/steps/test_arrived.py"
ORDER = "tests/unit/steps/test_order.py"
PHASES = "tests/unit/engine/test_phases.py"
LIVE = "tests/unit/engine/test_live.py"


def errors_passed_over() -> None:
    """A piece that cannot be read counts as read."""
    def change(_checked: Any) -> Any:
        def lenient(host: Any, path: str) -> Any:
            try:
                yield from host.read_through(path)
            except OSError:
                yield 4096
        return lenient
    swap("bootmirror.steps.read_back_mirror:_checked", change)


def read_back_after_the_source() -> None:
    def change(steps: Any) -> Any:
        by_id = {step.id: step for step in steps}
        late = by_id.pop("read-back-mirror")
        before = [*by_id.values()]
        return (*before[:-1], late, before[-1])
    swap("bootmirror.steps.recipe:STEPS", change)


def one_array_is_enough() -> None:
    def change(actions: Any) -> Any:
        def shortened(self: Any, plan: Any, machine: Any) -> Any:
            before, reading, after = actions(self, plan, machine)
            return (before, type(reading)(reading.parts[:1]), after)
        return shortened
    swap("bootmirror.steps.read_back_mirror:ReadBackMirror.actions", change)


def one_consent_for_all() -> None:
    """A consent counts for every step and every disk."""
    def change(wanted_consent: Any) -> Any:
        def any_consent(history: Any, plan: Any, step: Any) -> Any:
            return None if history.consents else wanted_consent(history, plan, step)
        return any_consent
    swap("bootmirror.engine.phases:wanted_consent", change)


def whatever_is_typed() -> None:
    def change(consent: Any) -> Any:
        def typed_right(self: Any, step_id: str, _typed: str) -> None:
            plan = self.approved()
            step = next(s for s in self._steps if s.id == step_id)
            disk = step.erases(plan)
            consent(self, step_id, disk.id if disk else "")
        return typed_right
    swap("bootmirror.engine.live:LiveSession.consent", change)


MUTATIONS = (
    Mutation(4, "not-read-back", "the mirror is not read back",
             lambda: swap("bootmirror.steps.read_back_mirror:ReadThrough.perform", nothing),
             f"{READ_BACK}::test_every_partition_is_read_to_its_end"),
    Mutation(4, "errors-passed-over", "a sector that cannot be read is passed over",
             errors_passed_over,
             f"{READ_BACK}::test_a_sector_that_cannot_be_read_is_told_with_its_place"),
    Mutation(4, "one-array-is-enough", "only one array's half is read", one_array_is_enough,
             f"{READ_BACK}::test_it_is_every_half_of_an_array_that_is_read"),
    Mutation(4, "failed-writes-passed-over", "a write to the copy that failed is passed over",
             lambda: swap("bootmirror.steps.arrived:AllArrived.perform", nothing),
             f"{ARRIVED}::test_a_write_that_failed_tears_the_copy"),
    Mutation(4, "bad-places-passed-over",
             "md's record of what the mirror did not take is not read before the source goes",
             lambda: swap("bootmirror.steps.arrived:NoBadBlocks.perform", nothing),
             f"{ARRIVED}::test_a_place_on_mds_record_wants_another_mirror"),
    Mutation(4, "read-back-after-the-source", "the mirror is read when the source is gone",
             read_back_after_the_source,
             f"{ORDER}::test_each_disk_is_erased_by_one_step_and_the_mirror_is_read_before_the_source_goes"),
    Mutation(4, "no-consent-wanted", "a step that erases wants no consent",
             lambda: swap("bootmirror.engine.phases:wanted_consent", always(None)),
             f"{PHASES}::test_the_worker_stops_where_a_disk_would_be_erased_without_consent"),
    Mutation(4, "one-consent-for-all", "a consent counts for another step and disk",
             one_consent_for_all,
             f"{PHASES}::test_consent_for_another_disk_or_step_is_none"),
    Mutation(4, "whatever-is-typed", "whatever is typed is a consent", whatever_is_typed,
             f"{LIVE}::test_consent_is_the_id_letter_by_letter"),
    Mutation(4, "newer-mirror-undone", "a mirror newer than the system is undone without consent",
             lambda: swap("bootmirror.engine.phases:mirror_kept", always(False)),
             f"{LIVE}::test_a_mirror_that_ran_the_machine_since_is_undone_with_consent_alone"),
    Mutation(4, "source-not-called-erased", "partition-source says that it erases nothing",
             lambda: swap("bootmirror.steps.partition_source:PartitionSource.erases", always(None)),
             f"{ORDER}::test_each_disk_is_erased_by_one_step_and_the_mirror_is_read_before_the_source_goes"),
)
