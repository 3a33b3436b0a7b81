"""Which steps are out of date, or torn, and must run once more."""

from __future__ import annotations

from collections.abc import Sequence

from bootmirror.engine.history import History
from bootmirror.engine.phases import Now
from bootmirror.engine.view import StepState
from bootmirror.errors import CopyTorn
from bootmirror.steps.step import Step

FRESH = 120.0  # seconds after which files written since the final copy count as too many
ARM, FINAL_COPY = "arm-first-boot", "final-copy"
READ, ERASE = "read-back-mirror", "partition-source"
READ_FRESH = 86_400.0  # seconds after which what was read to the end may have gone bad since
MAKE, COPIES = "make-filesystems", ("copy-system", "final-copy")


def stale_steps(history: History, steps: Sequence[Step], now: Now, clock: float) -> list[str]:
    """Ids of the steps to run again, in order; once the machine runs from the array none of the
    first half.

    The consent to erase the old disk may come weeks after the mirror was read. The final copy is
    out of date after two minutes: what was written meanwhile would be left behind. A one-shot boot
    entry is used up by any reboot, and everything after it with it.
    """
    if now.root_on_md:
        return _read_long_ago(history, clock)
    first = [step.id for step in steps if not step.after_reboot]
    armed, copied = history.step(ARM), history.step(FINAL_COPY)
    if armed.state is StepState.FINISHED and armed.boot_id != now.boot_id:
        return _finished(history, first, ARM)
    old = abs(clock - copied.ended) > FRESH
    if copied.state is StepState.FINISHED and old:
        return _finished(history, first, FINAL_COPY)
    return []


def _read_long_ago(history: History, clock: float) -> list[str]:
    read = history.step(READ)
    old = read.state is StepState.FINISHED and abs(clock - read.ended) > READ_FRESH
    return [READ] if old and ERASE not in history.ever_started else []


def since_the_final_copy(history: History, steps: Sequence[Step]) -> list[str]:
    """Ids of the finished steps from the final copy on, the reboot's among them."""
    return _finished(history, [step.id for step in steps if not step.after_reboot], FINAL_COPY)


def torn_steps(history: History, steps: Sequence[Step], now: Now) -> list[str]:
    """Ids of the steps to run afresh because a copy was cut off by a reboot or a power cut, or a
    write to it failed.

    A file may then have the right size and time and lack its content: it must not be taken for
    copied. The file systems are made anew.
    """
    cut = [
        i for i in COPIES
        if history.step(i).state in (StepState.RUNNING, StepState.INTERRUPTED, StepState.FAILED)
        and history.step(i).boot_id != now.boot_id
    ]
    first = [step.id for step in steps if not step.after_reboot]
    failed = [i for i in first if history.step(i).error == CopyTorn.__name__]
    if now.root_on_md or not (cut or failed):
        return []
    return first[first.index(MAKE) :] if MAKE in first else []


def _finished(history: History, first: list[str], since: str) -> list[str]:
    later = first[first.index(since) :] if since in first else []
    return [i for i in later if history.step(i).state is not StepState.WAITING]
