"""The journal: an append-only file of one JSON object a line, the record of a conversion.

Whoever writes takes a short flock, so lines never mix. A power cut may tear the last line: readers
leave out what is not a whole line of JSON, and the next writer closes the torn line off first.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bootmirror.errors import JournalFailed, NotRead, Refused
from bootmirror.host.clean import clean
from bootmirror.host.private import open_private
from bootmirror.host.take_place import sync_directory
from bootmirror.machine.redaction import redact
from bootmirror.records import as_json

Record = dict[str, Any]

YEAR_9999 = 253_402_300_799  # seconds: the last that can be shown as a date
LONGEST_STRING = 1000  # characters kept of any string in a record
# Fields with words of programs or files in them, from which secrets are taken. Not the others: an
# id must come back as it was.
SAID = frozenset({"argv", "output", "text", "message", "hint", "result", "reason"})
# Losing the last of these in a power cut loses nothing that decides what is done next.
UNSYNCED = frozenset({"running", "command", "note"})


class Journal:
    """The writing side."""

    def __init__(self, path: Path, boot_id: str, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._boot_id = boot_id
        self._clock = clock

    def append(self, kind: str, **fields: Any) -> None:
        """Add a record; strings in it are cleaned, secrets taken out. It is on the disk when this
        returns, except records of single commands and notes. Raises JournalFailed, also where
        something was planted in its place."""
        record: Record = {
            "time": round(self._clock(), 3),
            "boot_id": self._boot_id,
            "pid": os.getpid(),
            "kind": kind,
            **{name: _cleaned(value, name in SAID) for name, value in fields.items()},
        }
        line = as_json(record).encode() + b"\n"
        try:
            self._write(line, synced=kind not in UNSYNCED)
        except (OSError, Refused) as error:
            raise JournalFailed(self._path, error) from error

    def _write(self, line: bytes, synced: bool) -> None:
        new = not self._path.exists()
        handle = open_private(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _write_all(handle, (b"\n" if _torn(handle) else b"") + line)
            if synced:
                os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            sync_directory(self._path.parent)


class JournalTail:
    """The reading side: each call gives the records written since the last one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._inode = 0

    def read(self) -> tuple[list[Record], bool]:
        """New whole records, and whether they begin at the start of the file (a new file).

        Raises NotRead when there is a journal and its disk does not give it.
        """
        try:
            return self._read()
        except OSError as error:
            raise NotRead(self._path, error) from error

    def _read(self) -> tuple[list[Record], bool]:
        try:
            status = os.stat(self._path)  # noqa: PTH116 - one call in the once-a-second poll
        except FileNotFoundError:
            fresh, self._offset, self._inode = self._inode != 0, 0, 0
            return [], fresh
        fresh = status.st_ino != self._inode or status.st_size < self._offset
        if fresh:
            self._offset, self._inode = 0, status.st_ino
        if status.st_size == self._offset:
            return [], fresh
        with os.fdopen(open_private(self._path, os.O_RDONLY), "rb") as file:
            file.seek(self._offset)
            whole, newline, _torn_rest = file.read().rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        parsed = (_parse(line) for line in whole.split(b"\n"))
        return [record for record in parsed if record is not None], fresh


def _parse(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not (isinstance(record, dict) and isinstance(record.get("kind"), str)):
        return None
    return {**record, "time": _instant(record.get("time"))}


def _instant(found: Any) -> float:
    """Seconds since 1970 that a calendar can show; 0.0 for what is none, whatever wrote it."""
    if isinstance(found, (int, float)) and not isinstance(found, bool) and 0 <= found <= YEAR_9999:
        return float(found)
    return 0.0


def _cleaned(value: Any, said: bool) -> Any:
    if isinstance(value, str):
        text = clean(value, LONGEST_STRING)
        return redact(text) if said else text
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item, said) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item, said) for item in value]
    return value


def _torn(handle: int) -> bool:
    """Whether the file ends in the middle of a line."""
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
