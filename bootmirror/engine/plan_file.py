"""A plan as JSON: the approved one in the state directory, and the files of ``plan --out``."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from bootmirror.errors import Refused, UsageError
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


def read_plan_file(path: Path) -> Plan:
    """A plan file somebody names. Raises Refused unless only we or root could have written it.

    Owner and mode are asked of the open file, so that it cannot be exchanged in between.
    """
    try:
        with path.open("rb") as file:
            _trust(path, os.fstat(file.fileno()))
            text = file.read(LARGEST).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    return load_plan(text, str(path))


def _trust(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{path} is not a regular file.", "Name the file that plan --out wrote.")
    if status.st_uid not in (0, os.geteuid()):
        raise Refused(
            f"{path} belongs to another user (uid {status.st_uid}).",
            "Make the plan yourself (bootmirror plan), or read it and change its owner.",
        )
    if status.st_mode & stat.S_IWOTH:
        raise Refused(
            f"{path} can be written by everybody.",
            f"Read it through, then: chmod o-w {path}.",
        )
