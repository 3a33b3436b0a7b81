"""A machine as JSON, for bug reports, tests and demos: ``bootmirror capture`` and ``--machine``."""

from __future__ import annotations

import json

from bootmirror.errors import UsageError
from bootmirror.machine.model import SCHEMA, Machine
from bootmirror.records import from_plain, to_plain


def dump_machine(machine: Machine) -> str:
    return json.dumps(to_plain(machine), indent=1, sort_keys=True) + "\n"


def load_machine(text: str) -> Machine:
    """Read what dump_machine wrote. Raises UsageError with the place that is off."""
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise UsageError(f"This is not a captured machine: {error}.") from error
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if schema != SCHEMA:
        raise UsageError(
            f"This captured machine has schema {schema}; this bootmirror reads {SCHEMA}.",
            "Capture it again with this version.",
        )
    return from_plain(Machine, plain)
