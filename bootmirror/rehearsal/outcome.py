"""How far a rehearsal came, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far the boot has come, in the order the stages are reached."""

    PREPARING = "preparing"  # the throw-away overlay, the machine not on yet
    FIRMWARE = "firmware"
    BOOT_LOADER = "boot loader"
    KERNEL = "kernel"  # the kernel and its initramfs
    SYSTEM = "system"  # the system's own init is at work
    UP = "up"


class Verdict(StrEnum):
    """What a rehearsal found that came to its end."""

    PROVED = "proved"  # it boots, its root on the array
    UNCONFIRMED = "unconfirmed"  # nothing follows from it either way
    FAILED = "failed"  # it does not boot


@dataclass(frozen=True)
class Outcome:
    """The end of a rehearsal."""

    verdict: Verdict
    reason: str  # a sentence
    hint: str = ""  # a sentence: what to do
    stage: Stage = Stage.PREPARING  # the furthest one reached
    seconds: float = 0.0
