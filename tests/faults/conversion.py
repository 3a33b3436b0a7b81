"""A conversion in the lab, carried on over any number of power cuts, and judged after each."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.faults.own_errors import own_error
from tests.faults.standing import untrue
from tests.lab.conftest import MIRROR, SOURCE, small_server
from tests.lab.lab import Lab, LabBroken, LabDisk, Outcome

BOOTS = 8  # after the last cut; three are enough for one that goes well
SECONDS = 600  # a boot with its work; it takes about 30, or a few times that beside others
KILLING = 1200  # the same while processes are killed
BROKEN = "a fault of the test: "  # begins what is lost where the test itself fails
NO_BOOT = 66  # guest/init.sh: firmware and boot loader come to no root
# guest/halting.py: every record, and the one behind which a fault struck
RECORD = re.compile(r"^record (\S+):(\d+) (\S+)", re.M)
STRUCK = re.compile(r"^HALT (\S+):(\d+) (\S+)$", re.M)


@dataclass(frozen=True, order=True)
class Place:
    """A record of the journal: the step it belongs to, and which of that step's in one boot.

    One that tells of no step's work has its kind for a step: "approved", "consent", "worker".
    """

    step: str
    number: int

    def __str__(self) -> str:
        return f"{self.step}:{self.number}"


@dataclass(frozen=True)
class Boot:
    """What one boot of the machine came to."""

    cut: bool
    records: tuple[tuple[Place, str], ...]  # with their kind
    told: dict[str, Any]
    lost: tuple[str, ...]
    output: str

    @property
    def done(self) -> bool:
        return not self.cut and self.told.get("stands", {}).get("phase") == "done"

    @property
    def struck(self) -> tuple[Place, str] | None:
        """The record behind which the fault struck, or the wait for a cut began, and its kind."""
        found = STRUCK.search(self.output)
        return (Place(found[1], int(found[2])), found[3]) if found else None

    @property
    def idle(self) -> bool:
        """Whether the work had ended, so that a cut met a machine that does nothing."""
        return "code" in self.told


class Conversion:
    """One small server on its way to a mirror.

    At every second boot the kernel, and the firmware, find the mirror first. ``seed``: which writes
    its disks' caches let through before they are told to flush.
    """

    def __init__(self, place: Path, image: Path, cache: str, seed: str = "") -> None:
        self.lab = small_server(place, image, MIRROR)
        self.cache = cache
        self.seed = seed
        self.orders: Sequence[tuple[LabDisk, ...]] = ((SOURCE, MIRROR), (MIRROR, SOURCE))
        self.boots: list[Boot] = []

    def _switched_on(self, script: str, *words: str, **how: Any) -> Boot:
        number = len(self.boots)
        lab = Lab(self.lab.place, self.orders[number % len(self.orders)])
        found = _booted(lab, script, *words, seed=f"{self.seed} {number}", **how)
        wrong = untrue(found.told, (p.step for boot in self.boots for p, _ in boot.records))
        self.boots.append(replace(found, lost=(*found.lost, wrong)) if wrong else found)
        return self.boots[-1]

    def boot(
        self, halt: Place | None = None, after: float = 0.0, command: str = "go-on",
        fault: str = "",
    ) -> Boot:
        """Switch on and carry on; behind a record the power is cut, ``after`` seconds later, or a
        disk gets a fault."""
        if not self.boots:
            command = "begin"
        words = [] if halt is None else [str(halt), fault or ("" if after else "still")]
        return self._switched_on(
            "whole.py", command, *filter(None, words),
            cache="faulty" if fault else self.cache, limit=SECONDS,
            cut_at="" if halt is None or fault else "HALT", cut_after=after)

    def killed(self, seed: int, kills: int) -> Boot:
        """Switch on and carry on to the end of this half while processes are killed."""
        command = "go-on" if self.boots else "begin"
        return self._switched_on(
            "kills.py", command, str(seed), str(kills), cache=self.cache, limit=KILLING)

    def to_the_end(self) -> Boot:
        """Go on without any more cuts until it is a mirror, or nothing helps."""
        for _ in range(BOOTS):
            found = self.boot()
            if found.done or found.lost:
                break
        return found

    def alone(self, disk: LabDisk) -> Boot:
        """Boot one disk by itself, on a copy of it."""
        place = self.lab.place / f"{disk.name}-alone"
        place.mkdir()
        for name in (f"{disk.name}.img", "noted.json.gz"):
            shutil.copyfile(self.lab.place / name, place / name)
        found = _booted(Lab(place, [disk]), "whole.py", "look")
        shutil.rmtree(place)
        return found

    def verdict(self) -> list[str]:
        """What is lost of a conversion, carried to its end now where it is not there yet."""
        if not self.boots or not (self.boots[-1].done or self.boots[-1].lost):
            self.to_the_end()
        lost = [f"boot {number}: {what}" for number, boot in enumerate(self.boots, 1)
                for what in boot.lost]
        if not lost and not self.boots[-1].done:
            lost = [f"no mirror after {len(self.boots)} boots: {self.boots[-1].told}"]
        if not lost:
            for disk in (SOURCE, MIRROR):
                lost += [f"{disk.name} alone: {what}" for what in self.alone(disk).lost]
        return lost


def _booted(lab: Lab, script: str, *words: str, **how: Any) -> Boot:
    """A boot by the simulated firmware, with a script of guest/; one that hangs is lost."""
    try:
        return _judged(lab.run(script, *words, root="firmware", **how))
    except LabBroken as error:
        return Boot(False, (), {}, (f"it hangs: {error}",), str(error))


def _judged(outcome: Outcome) -> Boot:
    told: dict[str, Any] = {}
    lost: list[str] = []
    for line in outcome.output.splitlines():
        word, _, rest = line.partition(" ")
        if word == "lost":
            lost += json.loads(rest)
        elif word in ("root", "stood", "stands", "code", "said", "called"):
            told[word] = json.loads(rest)
    if outcome.code == NO_BOOT:
        lost.append(f"it does not boot: {' '.join(outcome.output.split())}")
    elif outcome.code not in (0, None):
        lost.append(f"{BROKEN}{outcome.output[-2000:]}")
    elif "stood" in told and not told["stood"]["headline"]:
        lost.append("bootmirror does not say where it stands")
    if own_error(message := told.get("stands", {}).get("message", "")):
        lost.append(f"an error of the program itself: {message}")
    records = tuple((Place(step, int(number)), kind)
                    for step, number, kind in RECORD.findall(outcome.output))
    return Boot(outcome.code is None, records, told, tuple(lost), outcome.output)
