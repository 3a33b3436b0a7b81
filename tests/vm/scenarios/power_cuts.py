"""Twenty power cuts where real boots matter: first boot, fall-back, adoption, resync.

Both disks have a volatile write cache. After the cuts the machine boots and says where it stands,
the files of the system it boots are right, and ``resume`` goes on. One conversion takes them all.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bootmirror.steps.first_boot_units import CONFIRM, FALL_BACK, UNITS
from bootmirror.steps.recipe import STEPS
from tests.vm.arrays import source_of
from tests.vm.commands import BOOTMIRROR, bootmirror, conversion, plan_and_apply, running_step
from tests.vm.deploy import deploy
from tests.vm.image.build import base_disk
from tests.vm.image.spec import MIRROR_SERIAL, PRACTICE, SOURCE_SERIAL
from tests.vm.machine import DiskImage, Machine, blank_disk
from tests.vm.manifest import Manifest, MayDiffer
from tests.vm.practice import Practice
from tests.vm.progress import phase, say
from tests.vm.proofs import (
    CONVERTED,
    SOURCE_UNTOUCHED,
    compare_files,
    prove_alone,
    require,
    wait_until,
)
from tests.vm.scenarios.first_boot_fails import all_superblocks
from tests.vm.volatile import VolatileDisk

SEED = "BOOTMIRROR_SEED"
CUTS = 20
ROUNDS = 5  # each with a cut in a first boot and one in the boot after it
SPOILED = (1, 3)  # of these rounds: those whose first boot cannot come up
BOOT = (2.0, 60.0)  # seconds after it was switched on: a boot takes about 40
CONFIRMS = 300  # seconds
UP = 600  # seconds, with a fall-back on the way
APPEARS = 900  # seconds until a step is at work
SLOW = 12_000  # KiB/s: a resync that is still at work when it is cut off
# Steps that are cut off, and how long after they were seen at work, at most, in seconds.
ADOPTION = (("read-back-mirror", 8.0), ("partition-source", 1.5), ("add-source", 1.0),
            ("boot-loader-on-both", 30.0), ("verify", 3.0))
RESYNC = (("resync", 8.0),) * 5
ORDER = [step.id for step in STEPS]
# What programs that were cut off leave behind; systemd's tmpfiles clear it away in time.
ON_ARRAY = (
    *CONVERTED,
    MayDiffer("/var/tmp/mkinitramfs*", "an initramfs that was being built"),
    MayDiffer("/var/tmp", "that comes into being in it", "mtime"),
)


@dataclass
class Cuts:
    """A machine off, just where it would restart, and what is cut off so far."""

    machine: Machine
    noted: Manifest
    chance: random.Random
    source: VolatileDisk
    mirror: VolatileDisk
    image: Path  # the mirror's
    made: dict[str, int] = field(default_factory=dict)  # how many, by what was cut off

    def switch_on(self) -> None:
        self.machine.start([self.source.power(), self.mirror.power()])

    def cut(self, what: str, after: float) -> None:
        """That long from now the power goes: the disks' caches first, then the machine."""
        time.sleep(after)
        self.off()
        self.made[what] = self.made.get(what, 0) + 1
        say(f"cut {sum(self.made.values())}: {what}, after {after:.1f} s")

    def off(self) -> None:
        self.source.cut()
        self.mirror.cut()
        self.machine.power_cut()

    def look(self) -> bool:
        """Wait until it is up and see that nothing is lost; whether it is on the array."""
        with phase("up again, by itself"):
            self.machine.wait_up(seconds=UP)
        on_array = "/md" in source_of(self.machine.ssh, "/")
        found = conversion(self.machine.ssh)
        say(f"on the {'array' if on_array else 'old disk'}: {found['phase']}: {found['headline']}")
        require(bool(found["headline"]), "bootmirror does not say where it stands")
        if on_array:
            self._wait_for_confirmation()
        allowed = ON_ARRAY if on_array else SOURCE_UNTOUCHED
        compare_files(self.machine, self.noted, allowed, "after the cut")
        return on_array

    def _wait_for_confirmation(self) -> None:
        """The machine notes by itself that it runs from the mirror, and removes what does that."""
        there = f"cd {UNITS}; ls {CONFIRM} {FALL_BACK} 2>/dev/null || true"
        wait_until(lambda: not self.machine.ssh.run("sh", "-c", there).strip(), CONFIRMS,
                   "the first boot was not confirmed", every=2.0)

    def first_boots(self) -> None:
        """Cut off in a first boot and in the boot behind it; then the first half once more.

        A first boot may have been confirmed by then: from there on they are boots of the mirror.
        """
        on_array = False
        for number in range(ROUNDS):
            spoiled = number in SPOILED and not on_array
            if spoiled:
                all_superblocks(self.image)
            self.switch_on()
            first = "the fall-back" if spoiled else "the first boot"
            self.cut("the mirror's boot" if on_array else first, self.chance.uniform(*BOOT))
            self.switch_on()
            self.cut("the boot after that", self.chance.uniform(*BOOT))
            self.switch_on()
            was_on_array, on_array = on_array, self.look()
            require(on_array or not was_on_array, "the mirror ran, and now the old system does")
            require(not (on_array and spoiled), "it came up on a mirror without superblocks")
            if not on_array:
                bootmirror(self.machine.ssh, "resume", "--erase", MIRROR_SERIAL, code=4)
            self.machine.shut_down()
            self.off()

    def on_the_array(self) -> None:
        """Switched on where it is not, and nothing lost."""
        if not self.machine.running:
            self.switch_on()
            require(self.look(), "it is not on the array any more")

    def second_half(self) -> None:
        """Cut off in the steps behind the first boot."""
        waiting = sorted((*ADOPTION, *RESYNC), key=lambda cut: ORDER.index(cut[0]))
        for step, longest in waiting:
            self.on_the_array()
            ssh = self.machine.ssh
            ssh.run("sysctl", "-q", "-w", f"dev.raid.speed_limit_max={SLOW}")
            ssh.run("sh", "-c", f"{BOOTMIRROR} resume --erase {SOURCE_SERIAL} >/dev/null 2>&1 &")
            if self._at_work(step):
                self.cut(step, self.chance.uniform(0.0, longest))

    def _at_work(self, step: str) -> bool:
        """Wait for the step; False when it is behind the machine already."""
        deadline = time.monotonic() + APPEARS
        while time.monotonic() < deadline:
            now = running_step(self.machine.ssh)
            if now in ORDER and ORDER.index(now) >= ORDER.index(step):
                return now == step
            if not now and conversion(self.machine.ssh)["phase"] == "done":
                return False
            time.sleep(0.3)
        require(False, f"{step} did not begin")
        return False

    def finished(self) -> None:
        """What is left of the number, in the mirror that has come to be; then its last boot."""
        while self.total < CUTS:
            self.on_the_array()
            bootmirror(self.machine.ssh, "resume", "--erase", SOURCE_SERIAL)
            self.cut("the mirror", self.chance.uniform(0.0, 20.0))
        self.on_the_array()
        bootmirror(self.machine.ssh, "resume", "--erase", SOURCE_SERIAL)
        with phase("halves alike again after the last cut"):
            self.machine.ssh.run("sh", "-c", "for a in /dev/md[0-9]*; do mdadm --wait $a; done; :")
        bootmirror(self.machine.ssh, "verify")

    @property
    def total(self) -> int:
        return sum(self.made.values())


@contextmanager
def cut_off(seed: int) -> Iterator[tuple[Cuts, DiskImage, DiskImage]]:
    """A machine with the first half behind it, off, and its two disks."""
    image = base_disk(PRACTICE)
    with Machine(PRACTICE, durable=True) as machine:
        source = replace(image, path=machine.directory / "source.img")
        subprocess.run(["qemu-img", "convert", "-O", "raw", str(image.path), str(source.path)],
                       check=True)
        mirror = blank_disk(MIRROR_SERIAL, machine.directory / "mirror.img", PRACTICE.disk_bytes)
        with phase("booting the practice machine"):
            machine.boot([source, mirror])
        with phase("putting bootmirror on it"):
            deploy(machine.ssh)
        with phase("noting every file"):
            noted = Manifest.take(machine.ssh, PRACTICE.mounts)
        plan_and_apply(machine.ssh)
        machine.shut_down()
        chance = random.Random(f"{seed} in QEMU")
        cuts = Cuts(machine, noted, chance, VolatileDisk(source, 0), VolatileDisk(mirror, 8),
                    mirror.path)
        try:
            yield cuts, source, mirror
        finally:
            cuts.off()


def carry_out(cuts: Cuts, source: DiskImage, mirror: DiskImage) -> str:
    """All cuts, and what they come to; the words of the last line. Raises ProofError."""
    cuts.first_boots()
    cuts.second_half()
    cuts.finished()
    cuts.machine.shut_down()
    cuts.off()
    cuts.machine.boot([source, mirror])
    return prove_alone(Practice(cuts.machine, source, mirror), cuts.noted, ON_ARRAY)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with cut_off(int(os.environ.get(SEED, "1"))) as (cuts, source, mirror):
        proved = carry_out(cuts, source, mirror)
        made = ", ".join(f"{number} in {what}" for what, number in cuts.made.items())
        return f"{cuts.total} cuts ({made}); {proved}"
