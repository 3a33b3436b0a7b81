"""The file systems of the copy, wherever they are mounted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.lab.guest.results import run


@contextlib.contextmanager
def copies() -> Iterator[dict[str, str]]:
    """Where they are mounted, by the array's name, mounting those that are not."""
    found: dict[str, str] = {}
    ours = []
    try:
        for array in sorted(Path("/dev").glob("md[0-9]*")):
            there = run("findmnt", "--noheadings", "--output", "TARGET", str(array),
                        ok=(0, 1)).split()
            if not there and "TYPE=\"ext4\"" in run("blkid", "--probe", str(array), ok=(0, 2)):
                place = f"/run/copies/{array.name}"
                Path(place).mkdir(parents=True, exist_ok=True)
                run("mount", str(array), place)
                ours.append(place)
                there = [place]
            if there:
                found[array.name] = there[0]
        yield found
    finally:
        for place in ours:
            run("umount", place)
