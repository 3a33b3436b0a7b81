"""Two manifests compared: every file before with every file after, but for a listed few."""

from __future__ import annotations

import fnmatch
import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vm.ssh import Ssh

SCRIPT = Path(__file__).with_name("manifest_script.py")

# A file with holes may take a little more on another file system: block sizes, extent trees.
SPARE_BYTES = 128 << 10

Record = dict[str, Any]


@dataclass(frozen=True)
class MayDiffer:
    """Files that may differ, and why. ``only`` names the field; "" means in any way."""

    pattern: str  # fnmatch over the whole path, where a * also crosses slashes
    reason: str
    only: str = ""


RUNNING = (
    MayDiffer("*/lost+found", "made by mkfs"),
    MayDiffer("/var/lib/systemd/random-seed", "written by systemd at each boot and halt"),
    MayDiffer("/var/lib/systemd", "random-seed is replaced in it", "mtime"),
    MayDiffer("/var/lib/systemd/timers*", "stamps of timers that ran"),
    MayDiffer("/var/tmp/systemd-private-*", "private directories of this boot's services"),
    MayDiffer("/tmp*", "emptied at each boot"),
    MayDiffer("/var/tmp", "those come and go in it", "mtime"),
    MayDiffer("/var/log/wtmp*", "logins and boots; wtmp.db is made at the first login"),
    MayDiffer("/var/log", "that comes into being in it", "mtime"),
    MayDiffer("/var/log/lastlog", "logins"),
    MayDiffer("/var/log/btmp", "failed logins"),
    MayDiffer("/var/log/journal*", "the journal"),
    MayDiffer("/etc/mtab", "a symbolic link some programs touch", "mtime"),
)


class Manifest:
    """Every file of a machine's file systems, by ``MOUNT:path``."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.files: dict[str, Record] = {f"{r['mount']}:{r['path']}": r for r in records}

    @classmethod
    def take(cls, ssh: Ssh, mounts: Iterable[str]) -> Manifest:
        """Look at these file systems of the running machine."""
        script = SCRIPT.read_bytes()
        done = ssh.try_run("unshare", "--mount", "python3", "-I", "-", *mounts, stdin=script)
        if done.returncode != 0:
            raise RuntimeError(f"no manifest: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
        return cls.read(done.stdout)

    @classmethod
    def read(cls, packed: bytes) -> Manifest:
        """From what the script wrote. Raises ValueError when that is cut off."""
        try:
            lines = gzip.decompress(packed).decode("ascii").splitlines()
        except (EOFError, zlib.error) as error:
            raise ValueError(f"the manifest is not whole: {error}") from error
        return cls(json.loads(line) for line in lines)


@dataclass(frozen=True)
class Comparison:
    """What came of comparing."""

    compared: int
    excepted: tuple[str, ...]  # those that differ and may
    differing: tuple[str, ...]  # one sentence a file

    def last_words(self) -> str:
        return f"files compared: {self.compared}, differing: {len(self.differing)}"


def _excepted(key: str, fields: set[str], exceptions: Iterable[MayDiffer]) -> bool:
    allowed: set[str] = set()
    mount, _, path = key.partition(":")
    whole = f"{mount}/{path}".replace("//", "/").rstrip("/") or "/"
    for one in exceptions:
        if fnmatch.fnmatchcase(whole, one.pattern):
            if not one.only:
                return True
            allowed.add(one.only)
    return bool(fields) and fields <= allowed


def _differences(before: Record, after: Record) -> dict[str, str]:
    found = {}
    for field in sorted((set(before) | set(after)) - {"allocated"}):
        if before.get(field) != after.get(field):
            found[field] = f"{field} {before.get(field)!r} became {after.get(field)!r}"
    if before["type"] == after["type"] == "file":
        was, now = before["allocated"], after["allocated"]
        if was < before["size"] and now > was + SPARE_BYTES:
            found["allocated"] = f"the holes are gone: {was} bytes on disk became {now}"
    return found


def compare(before: Manifest, after: Manifest, exceptions: Iterable[MayDiffer]) -> Comparison:
    """Compare every file; those an exception covers are left out of the count."""
    listed = tuple(exceptions)
    compared = 0
    excepted, differing = [], []
    for key in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(key), after.files.get(key)
        if old is None or new is None:
            fields, words = {"presence"}, "is new" if old is None else "is missing"
        else:
            changes = _differences(old, new)
            fields, words = set(changes), "; ".join(changes.values())
        if _excepted(key, fields, listed):
            excepted.append(f"{key!r}: {words or 'as before'}")
            continue
        compared += 1
        if fields:
            differing.append(f"{key!r}: {words}")
    return Comparison(compared, tuple(excepted), tuple(differing))
