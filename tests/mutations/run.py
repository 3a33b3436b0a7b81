"""Tries the mutations: python -m tests.mutations.run [RULE…] [--name NAME] [--fast] [--all-tests]

Each is switched on for the test that should notice it; what that lets pass is given to the whole of
the fast suites. Before that the same tests must pass with nothing broken. Ends with a table and the
line ``mutations: N tried, N caught, N missed``; exit code 1 when one was missed or none could be
tried.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.mutations.mutation import Mutation
from tests.mutations.outcome import Outcome, Verdict
from tests.mutations.registry import MUTATIONS, RULES
from tests.mutations.suite import run_suites
from tests.mutations.table import as_markdown, table

FAST_SUITES = ("tests/unit", "tests/tui")
AT_ONCE = os.cpu_count() or 1


def main(argv: Sequence[str]) -> int:
    arguments = _arguments(argv)
    chosen = _chosen(arguments)
    if not chosen:
        print("There is no such mutation.", file=sys.stderr)
        return 2
    wanted = sorted({mutation.caught_by for mutation in chosen})
    print(f"unbroken: {len(wanted)} tests must pass", flush=True)
    (unbroken,) = run_suites([("", wanted)])
    if unbroken.verdict is not Verdict.PASSED:
        print(f"unbroken, {unbroken.said or unbroken.test} does not pass: no verdict")
        return 1
    outcomes = _outcomes(chosen, arguments.all_tests)
    print(as_markdown(chosen, outcomes) if arguments.markdown else table(chosen, outcomes))
    missed = [outcome for outcome in outcomes if outcome.verdict is not Verdict.CAUGHT]
    print(f"mutations: {len(chosen)} tried, {len(chosen) - len(missed)} caught, "
          f"{len(missed)} missed")
    return 1 if missed else 0


def _outcomes(chosen: Sequence[Mutation], all_tests: bool) -> list[Outcome]:
    """Each mutation's, in their order; as many at once as there are processors."""
    lanes = [chosen[begin::AT_ONCE] for begin in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(pair for lane in pool.map(lambda m: _lane(m, all_tests), lanes)
                     for pair in lane)
    return [found[mutation.name] for mutation in chosen]


def _lane(mutations: Sequence[Mutation], all_tests: bool) -> list[tuple[str, Outcome]]:
    found = []
    jobs = [(m.name, FAST_SUITES if all_tests else [m.caught_by]) for m in mutations]
    for mutation, first in zip(mutations, run_suites(jobs), strict=True):
        outcome = first
        if outcome.verdict is Verdict.PASSED and not all_tests:
            (outcome,) = run_suites([(mutation.name, FAST_SUITES)])
        print(f"{mutation.rule}  {mutation.name}: {outcome.verdict} "
              f"{outcome.said or outcome.test} ({outcome.seconds:.1f} s)", flush=True)
        found.append((mutation.name, outcome))
    return found


def _chosen(arguments: argparse.Namespace) -> list[Mutation]:
    return [m for m in MUTATIONS
            if (not arguments.rules or m.rule in arguments.rules)
            and (not arguments.name or m.name in arguments.name)
            and (m.fast or not arguments.fast)]


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/mutations", description=(
        "Break the rules that keep the data, one at a time; the suite must notice each."))
    parser.add_argument("rules", metavar="RULE", nargs="*", type=int,
                        help=f"the rules to break, 1 to {max(RULES)} (all)")
    parser.add_argument("--name", action="append", help="this mutation alone (repeatable)")
    parser.add_argument("--fast", action="store_true", help="those that no booted machine is for")
    parser.add_argument("--all-tests", action="store_true",
                        help="give each to the whole of the fast suites, not to named tests")
    parser.add_argument("--markdown", action="store_true", help="the table for the documentation")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
