"""A machine as JSON, for bug reports, tests and demos: ``bootmirror capture`` and ``--machine``."""

from __future__ import annotations

import json

from bootmirror.errors import UsageError
from bootmirror.host.clean import LONGEST, cleaned
from bootmirror.machine.model import SCHEMA, Machine
from bootmirror.records import as_json, from_plain, to_plain


def dump_machine(machine: Machine) -> str:
    return as_json(to_plain(machine), indent=1, sort_keys=True) + "\n"


def load_machine(text: str) -> Machine:
    """Read what dump_machine wrote. Raises UsageError with the place that is off.

    Somebody sent it: its strings are cleaned as those of a disk are.
    """
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
    return from_plain(Machine, {
        name: value if name == "files" else cleaned(value, LONGEST) for name, value in plain.items()
    })
