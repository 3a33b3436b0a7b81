"""Disks that fail while they are in use; then the machine is switched on again with good ones.

Whatever fails: nothing may be lost, nothing may be called a mirror that is none, and afterwards the
conversion comes to its end.
"""

from __future__ import annotations

from collections.abc import Callable

from bootmirror.steps.recipe import STEPS
from tests.faults.chain import CACHES, Make, Say, Trial
from tests.faults.conversion import Boot, Place
from tests.faults.expected import failed_in, goes_on, told
from tests.faults.power import undone_at_last
from tests.faults.table import Row

NAMES = {"dies": "dies", "no-writes": "takes no more writes", "vanishes": "is pulled out"}
DISKS = ("source", "mirror")
REBOOT_NOW = 4


def in_every_step() -> list[Trial]:
    """Each disk fails in each way as each step begins."""
    return [Trial("media", f"the {disk} {words}, in every step", Place(step.id, 1),
                  f"{fault}:{disk}", expected=noticed(disk))
            for fault, words in NAMES.items() for disk in DISKS for step in STEPS]


def noticed(disk: str) -> Callable[[Boot], str]:
    """It stops with a sentence, or goes on without that disk; it never calls one that has failed
    ready to boot, or half of a mirror (guest/judging.py looks at a mirror's halves)."""

    def look(boot: Boot) -> str:
        if disk == "mirror" and boot.told.get("code") == REBOOT_NOW:
            return f"the failed mirror is to be booted: {boot.told}"
        return told(boot)

    return look


MENDING = (
    Trial("media", "an unreadable file on the source, in the copy", Place("copy-system", 1),
          "unreadable:source", expected=failed_in("copy-system", "/opt/big: Input/output error")),
    Trial("media", "unreadable sectors on the mirror, at read-back", Place("read-back-mirror", 1),
          "unreadable:mirror", expected=failed_in("read-back-mirror", "cannot be read at byte")),
    Trial("media", "a slow source", Place("check", 1), "slow:source", expected=goes_on),
    Trial("media", "a slow mirror", Place("check", 1), "slow:mirror", expected=goes_on),
    Trial("media", "a slow mirror", Place("read-back-mirror", 1), "slow:mirror", expected=goes_on),
    Trial("media", "a slow source", Place("add-source", 1), "slow:source", expected=goes_on),
)
# What could not be read stays on md's record, on both halves: it is no mirror, and must not be
# called one, on good disks either.
STAYING = Trial("media", "unreadable sectors on the mirror, in the resync", Place("add-source", 1),
                "unreadable:mirror",
                expected=failed_in("resync", "sectors that could not be copied"))


# Nor do good disks bring back what was not written: the way out is an undo.
BAD_SECTORS = "md has bad sectors of"
LOST_WRITES = Trial("media", "some sectors of the mirror take no writes, in the copy",
                    Place("copy-system", 1), "no-area:mirror",
                    expected=failed_in("copy-system", BAD_SECTORS))


def lost_writes(make: Make, say: Say) -> list[Row]:
    """The step says so, and says so again; an undo, and the same disk becomes a mirror."""
    row, conversion = Row(LOST_WRITES.kind, LOST_WRITES.what), make(CACHES[1])
    found = conversion.boot(LOST_WRITES.place, fault=LOST_WRITES.fault)
    again = conversion.boot()
    undone = conversion.boot(command="undo")
    # A copy that had failed when the machine was switched off is begun with new file systems.
    losses = [*filter(None, (LOST_WRITES.expected(found),
                             failed_in("make-filesystems", BAD_SECTORS)(again)))]
    if not undone_at_last(undone):
        losses.append(f"the undo ends with {undone.told.get('said') or undone.told}")
    losses += conversion.verdict()
    row.count(losses)
    say(f"{LOST_WRITES}: {'; '.join(losses) or 'said, undone, and whole'}")
    return [row]


def staying(make: Make, say: Say) -> list[Row]:
    """The fault that good disks do not take away."""
    row, conversion = Row(STAYING.kind, STAYING.what), make(CACHES[0])
    conversion.boot()
    found = conversion.boot(STAYING.place, fault=STAYING.fault)
    again = conversion.boot()
    losses = [loss for boot in (found, again)
              for loss in (*boot.lost, STAYING.expected(boot)) if loss]
    row.count(losses)
    say(f"{STAYING}: {'; '.join(losses) or 'said, and said again'}")
    return [row]
