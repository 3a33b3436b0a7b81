"""A plan made again from other facts or choices, what the user edited carried over."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.engine.session import Session
from bootmirror.formats.merge import merge
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan


@dataclass(frozen=True)
class Rebased:
    """The new plan; ``disputed``: a file's path and its lines where the edit and the new text
    want different things, and the edit was kept."""

    plan: Plan
    disputed: tuple[tuple[str, tuple[int, ...]], ...] = ()


def rebased(session: Session, machine: Machine, choices: Choices, before: Plan) -> Rebased:
    """The plan for these facts and choices; ``choices.edits`` are edits of the plan ``before``.

    Raises Refused.
    """
    disputed: dict[str, tuple[int, ...]] = {}
    # The raidtab decides what is generated elsewhere: the others are right in the second round.
    for _ in range(2):
        fresh = session.plan(machine, choices)
        old = {config.path: config.generated for config in before.configs}
        new = {config.path: config.generated for config in fresh.configs}
        for path, text in choices.edits:
            if path in old and path in new and old[path] != new[path]:
                merged = merge(old[path], text, new[path])
                kept = None if merged.text == new[path] else merged.text
                choices = choices.edited(path, kept)
                disputed |= {path: merged.disputed} if merged.disputed else {}
        before = fresh
    return Rebased(session.plan(machine, choices), tuple(disputed.items()))
