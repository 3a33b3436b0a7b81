"""Whether what bootmirror says of where it stands agrees with what is known of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bootmirror.engine.words import UNCHANGED
from bootmirror.steps.recipe import STEPS

_ORDER = [step.id for step in STEPS]
# With a record of these on the disks, the step before it has written to that disk.
_MIRROR_WRITTEN = _ORDER[_ORDER.index("partition-mirror") + 1:]
_SOURCE_WRITTEN = _ORDER[_ORDER.index("partition-source") + 1:]
_ON_THE_MIRROR = ("The machine runs from the mirror", "The system runs from")
_ON_THE_SOURCE = ("This is the old system", "The machine is back on", "a reboot brings back")


def untrue(told: Mapping[str, Any], before: Iterable[str]) -> str:
    """What is not so of the headline that a boot began with, or "".

    ``told`` is what the boot printed, ``before`` the steps of all records of the boots before it.
    """
    said = str(told.get("stood", {}).get("headline", ""))
    root, written = told.get("root"), _since_an_undo(before)
    wrong = (
        (UNCHANGED in said and any(step in written for step in _MIRROR_WRITTEN),
         "the mirror has been written to"),
        ("still whole" in said and any(step in written for step in _SOURCE_WRITTEN),
         "the old disk has been written to"),
        (root == "disk" and any(words in said for words in _ON_THE_MIRROR),
         "it runs from the old disk"),
        (root == "array" and any(words in said for words in _ON_THE_SOURCE),
         "it runs from the mirror"),
    )
    return next((f"bootmirror says {said!r}, but {truth}" for found, truth in wrong if found), "")


def _since_an_undo(steps: Iterable[str]) -> frozenset[str]:
    """Those whose work was not taken back."""
    found: set[str] = set()
    for step in steps:
        if step == "undone":
            found.clear()
        found.add(step)
    return frozenset(found)
