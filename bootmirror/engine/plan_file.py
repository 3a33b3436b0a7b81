"""A plan as JSON: the approved one in the state directory, and the files of ``plan --out``."""

from __future__ import annotations

import json
from pathlib import Path

from bootmirror.errors import NotWritten, UsageError
from bootmirror.host.private import read_trusted, replace_private
from bootmirror.plan.model import SCHEMA, Plan
from bootmirror.records import from_plain, to_plain

LARGEST = 16 << 20  # bytes; a plan holds a handful of configuration files


def dump_plan(plan: Plan) -> str:
    return json.dumps(to_plain(plan), indent=1) + "\n"


def load_plan(text: str, where: str = "This") -> Plan:
    """Read what dump_plan wrote. Raises UsageError with the place that is off."""
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{where} is not a plan: {error}.") from error
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if schema != SCHEMA:
        raise UsageError(
            f"{where} is a plan of schema {schema}; this bootmirror reads {SCHEMA}.",
            "Make it again with this version (bootmirror plan).",
        )
    return from_plain(Plan, plain)


def write_plan_file(path: Path, plan: Plan) -> None:
    """Mode 0600 and ours, whatever was there. Raises Refused when that was not ours, NotWritten."""
    try:
        replace_private(path, dump_plan(plan), lasting=True)
    except OSError as error:
        raise NotWritten(path, error) from error


def read_plan_file(path: Path) -> Plan:
    """A plan file somebody names. Raises Refused unless only we or root could have written it."""
    try:
        text = read_trusted(path, LARGEST).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    return load_plan(text, str(path))
