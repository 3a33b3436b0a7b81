"""Disks under other names, torn records, rivals, edits, other facts, trees hard to copy."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from tests.faults.chain import Make, Say, Trial
from tests.faults.conversion import BOOTS, KILLING, Boot, Conversion, Place, _booted
from tests.faults.expected import failed_in, told
from tests.faults.table import Row
from tests.lab.conftest import MIRROR, SOURCE
from tests.lab.lab import MIB, LabDisk

T = TypeVar("T")

THIRD = LabDisk("third", 300 * MIB, "BMLAB-THIRD-3")
ORDERS = ((MIRROR, SOURCE), (THIRD, MIRROR, SOURCE), (SOURCE, THIRD, MIRROR),
          (MIRROR, THIRD, SOURCE))
NAMED = ("partition-mirror", "copy-system", "arm-first-boot", "reboot", "confirm-first-boot",
         "partition-source", "add-source", "resync", "boot-loader-on-both")
TORN = ("copy-system", "final-copy", "reboot", "read-back-mirror", "partition-source", "resync")
WATCHED = ("partition-mirror", "copy-system", "final-copy", "partition-source", "resync", "verify")
RETURNING = (("source", "copy-system"), ("mirror", "copy-system"), ("mirror", "partition-source"),
             ("source", "resync"))
TWICE = {"twice": "every step run twice", "passed-over": "a step passed over the second time"}
EDITED = ("copy-system", "arm-first-boot", "final-copy")


TRIALS = (
    *(Trial("space", "a torn last line of the journal", Place(step, 2),
            ("torn:HALF", "torn:ZEROS")[number % 2]) for number, step in enumerate(TORN)),
    # Four commands each time.
    *(Trial("space", "other bootmirrors while one is at work", Place(step, 1), "rivals:",
            expected=told) for step in WATCHED),
    # A good disk: the arrays may run from it again, and the mirror then be booted.
    *(Trial("space", "a disk goes and comes back under another name", Place(step, 1),
            f"returns:{disk}", expected=told) for disk, step in RETURNING),
    *(Trial("space", "the mirror too small for what grows meanwhile", Place(step, 1), "grows:/",
            expected=failed_in(step, "The mirror has no room left"))
      for step in ("copy-system", "final-copy")),
    Trial("space", "a path longer than PATH_MAX, in the copy", Place("copy-system", 1), "beyond:",
          expected=failed_in("copy-system", "1 file could not be copied: /var/tmp/lab-beyond")),
)


def scattered(make: Make, steps: Sequence[str], say: Say) -> list[Row]:
    """A tree that is hard to copy; in these steps the power is cut, and the firmware then finds the
    disks in another order."""
    tree = Row("space", "a tree that is hard to copy")
    renamed = Row("space", "the disks under other names at the next boot")
    conversion = make("lose")
    conversion.lab.run("hard_tree.py", root="disk").check()
    conversion.orders = ((SOURCE, MIRROR), *ORDERS)
    boots, waiting = 0, list(steps)
    while waiting:
        found = conversion.boot(Place(waiting[0], 2))
        if found.lost or found.done:
            break
        if found.cut:  # else the half before it has come to its end
            waiting.pop(0)
        boots += 1
        if boots > len(steps) + BOOTS:
            break
    _judge(conversion, [tree, renamed], [1, boots], say)
    return [tree, renamed]


def edited(make: Make, steps: Sequence[str], say: Say) -> list[Row]:
    """fstab, by its user: in the first half (refused; undone and planned anew), and after its last
    step (kept, and told)."""
    refused = Row("space", "fstab edited between apply and the final copy")
    kept = Row("space", "fstab edited after the last step before the reboot")
    for step in steps:
        conversion = make("lose")
        found = conversion.boot(Place(step, 1), fault="edited:")
        losses = [*found.lost, *_stale(found)]
        undone = conversion.boot(command="undo")
        if undone.told.get("code") != 0:
            losses.append(f"the undo ends with {undone.told}")
        conversion.boot(Place("reboot", 999), fault="edited:")
        last = conversion.boot()
        if not re.search(r"^record confirm-first-boot:.* /etc/fstab edited meanwhile", last.output,
                         re.M):
            losses.append(f"nobody is told of the late edit: {last.told}")
        _judge(conversion, [refused, kept], [1, 1], say, losses)
    return [refused, kept]


def _stale(boot: Boot) -> list[str]:
    said = boot.told.get("stands", {}).get("message", "")
    right = boot.told.get("code") == 1 and "/etc/fstab was edited" in said
    return [] if right else [f"the edit is not refused: {boot.told}"]


def other_facts(make: Make, say: Say) -> list[Row]:
    """A plan made before something changed; then one that holds."""
    row = Row("space", "the plan made on other facts")
    conversion = make("lose")
    found = conversion.lab.run("facts.py", root="disk", limit=KILLING).check()
    lost = [each for line in found.output.splitlines() if line.startswith("lost ")
            for each in json.loads(line.removeprefix("lost "))]
    _judge(conversion, [row], [told_of("refused", found.output)], say, lost)
    return [row]


def told_of(word: str, output: str) -> int:
    """How many lines begin with that word."""
    return sum(line.startswith(f"{word} ") for line in output.splitlines())


def in_halves(make: Make, script: str, words: Mapping[str, str], say: Say) -> list[Row]:
    """Both halves of a conversion by a script of guest/, which tells a line for each trial: by its
    first word, the row it counts in. The first of them must come about."""
    conversion = make("lose")
    for command in ("begin", "go-on"):
        found = _booted(conversion.lab, script, command, cache="lose", limit=KILLING)
        conversion.boots.append(found)
        if found.lost:
            break
    tried = {what: sum(told_of(word, boot.output) for boot in conversion.boots)
             for word, what in words.items()}
    first = next(iter(tried))
    rows = [Row("space", what) for what, number in tried.items() if number or what == first]
    _judge(conversion, rows, [tried[row.what] for row in rows], say)
    return rows


def of_their_own(
    make: Make, chance: random.Random, share: float, say: Say
) -> list[Callable[[], list[Row]]]:
    """Those that need a conversion to themselves, each a piece of work."""
    return [
        partial(scattered, make, _some(NAMED, chance, share), say),
        partial(edited, make, _some(EDITED, chance, share), say),
        partial(other_facts, make, say),
        partial(in_halves, make, "rivals.py", {"rivals": "two bootmirrors begun at once"}, say),
        partial(in_halves, make, "twice.py", TWICE, say),
    ]


def _some(all_of: Sequence[T], chance: random.Random, share: float) -> list[T]:
    """That share of them, in their order."""
    chosen = chance.sample(range(len(all_of)), max(1, round(len(all_of) * share)))
    return [all_of[number] for number in sorted(chosen)]


def _judge(conversion: Conversion, rows: Sequence[Row], tried: Sequence[int], say: Say,
           losses: Sequence[str] = ()) -> None:
    """What is lost counts for all of the rows, since nobody knows by which of them it was."""
    found = [*losses, *conversion.verdict()]
    for row, number in zip(rows, tried, strict=True):
        row.count(found if number else [*found, f"{row.what}: it never happened"], tried=number)
    say(f"{', '.join(row.what for row in rows)} ({sum(tried)}): {'; '.join(found) or 'whole'}")
