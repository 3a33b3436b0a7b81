"""Rule 8: a plan made from other facts than today's is refused, with the differences."""

from __future__ import annotations

from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import always, nothing, swap

FINGERPRINT = "tests/unit/plan/test_fingerprint.py"
LIVE = "tests/unit/engine/test_live.py"
PHASES = "tests/unit/engine/test_phases.py"


def approved_all_the_same() -> None:
    def change(fit: Any) -> Any:
        def lenient(self: Any, plan: Any) -> None:
            from bootmirror.errors import StalePlan

            try:
                fit(self, plan)
            except StalePlan:
                return
        return lenient
    swap("bootmirror.engine.live:LiveSession._fit", change)


def only(*prefixes: str) -> None:
    """Facts that begin so are left out."""
    def change(facts_of: Any) -> Any:
        def fewer(machine: Any, source: Any, mirror: Any) -> Any:
            return tuple(fact for fact in facts_of(machine, source, mirror)
                         if not fact[0].startswith(prefixes))
        return fewer
    swap("bootmirror.plan.fingerprint:facts_of", change)


MUTATIONS = (
    Mutation(8, "no-differences", "no difference is ever found",
             lambda: swap("bootmirror.plan.fingerprint:differences", always(())),
             f"{FINGERPRINT}::test_a_change_is_found_and_named"),
    Mutation(8, "approved-all-the-same", "a stale plan is approved", approved_all_the_same,
             f"{LIVE}::test_a_plan_made_from_other_facts_is_refused"),
    Mutation(8, "carried-out-all-the-same", "the worker does not look whether the facts hold",
             lambda: swap("bootmirror.engine.worker:Worker._check_facts", nothing),
             f"{PHASES}::test_other_facts_than_the_plans_stop_it"),
    Mutation(8, "files-left-out", "today's configuration files are no facts",
             lambda: only("system.file"),
             f"{FINGERPRINT}::test_a_change_is_found_and_named"),
    Mutation(8, "mounts-left-out", "what is mounted where is no fact",
             lambda: only("source.mount"),
             f"{FINGERPRINT}::test_a_change_is_found_and_named"),
    Mutation(8, "partitions-left-out", "partitions and what they hold are no facts",
             lambda: only("source.partition", "mirror.partition"),
             f"{FINGERPRINT}::test_a_change_is_found_and_named"),
    Mutation(8, "tables-left-out", "partition tables are no facts",
             lambda: only("source.table", "mirror.table"),
             f"{FINGERPRINT}::test_a_change_is_found_and_named"),
)
