"""What was broken, and what noticed: for a terminal, and for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from tests.mutations.mutation import Mutation
from tests.mutations.outcome import Outcome
from tests.mutations.registry import RULES


def table(mutations: Sequence[Mutation], outcomes: Sequence[Outcome]) -> str:
    """A line each."""
    wide = max(len(m.name) for m in mutations)
    lines = [f"{'rule':4}  {'mutation':{wide}}  seconds  caught by"]
    lines += [f"{m.rule:4}  {m.name:{wide}}  {o.seconds:7.1f}  {_by(o)}"
              for m, o in zip(mutations, outcomes, strict=True)]
    return "\n".join(lines)


def as_markdown(mutations: Sequence[Mutation], outcomes: Sequence[Outcome]) -> str:
    """The same for docs/reliability.md: what was broken in words, each rule named once."""
    lines = ["| rule | broken on purpose | noticed by (below tests/) |", "|---|---|---|"]
    named = 0
    for mutation, outcome in zip(mutations, outcomes, strict=True):
        rule = "" if mutation.rule == named else f"{mutation.rule} {RULES[mutation.rule]}"
        named = mutation.rule
        by = _by(outcome).removeprefix("tests/").partition("[")[0]
        lines.append(f"| {rule} | {mutation.broken} | `{by}` |")
    return "\n".join(lines)


def _by(outcome: Outcome) -> str:
    return outcome.test if outcome.verdict == "caught" else f"{outcome.verdict} {outcome.said}"
