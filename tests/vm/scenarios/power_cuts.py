"""Twenty power cuts where real boots matter: first boot, fall-back, adoption, resync.

Both disks have a volatile write cache. After the cuts the machine boots and says where it stands,
the files of the system it boots are right, and ``resume`` goes on. One conversion takes them all.

A cut counts for what it hit, not for what it was meant to: what a boot had come to is read off the
serial console, which step was at work from the journal that the next boot finds.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bootmirror.formats.grub_custom import FIRST_BOOT_WORD
from bootmirror.host.clean import clean
from bootmirror.steps.first_boot_units import CONFIRM, CONFIRM_LATE, FALL_BACK, UNITS
from bootmirror.steps.recipe import STEPS
from tests.vm.arrays import source_of
from tests.vm.commands import BOOTMIRROR, bootmirror, conversion, plan_and_apply
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
    require_alike,
    wait_until,
)
from tests.vm.qmp import Qmp
from tests.vm.scenarios.first_boot_fails import all_superblocks, broken_init
from tests.vm.volatile import VolatileDisk

SEED = "BOOTMIRROR_SEED"
CUTS = 20
# First boots that cannot come up: GRUB finds no array; the kernel finds no init, and panics.
SPOILED: tuple[Callable[[Path], None], ...] = (all_superblocks, broken_init)
TRIES = 3  # at a cut that hit something else
MIRROR_BOOTS = 2  # cut off once the first boot is confirmed
IN_GRUB = 3.0  # seconds behind its choice of the first boot, at most
IN_BOOT = 40.0  # the same behind the kernel's first words; it is up after 20 to 60
KERNEL = 300  # seconds until the kernel asked for says something, another one's panic included
CONFIRMS = 300  # seconds
UP = 600  # seconds, with a fall-back on the way
APPEARS = 900  # seconds until a step is at work
# While the resync is to be cut off, the old disk writes no faster (bytes/s), and what runs beside
# bootmirror's own step, which asks for all there is, goes slower still (KiB/s).
DISK, BESIDE = 6_000_000, 1000
FREE = 200_000  # KiB/s, the kernel's own limit
# Steps that are cut off: how often, and how long after they began, at most, in seconds.
CUT_STEPS = (("read-back-mirror", 1, 2.5), ("partition-source", 1, 3.0), ("add-source", 1, 0.8),
             ("resync", 5, 8.0), ("boot-loader-on-both", 2, 30.0), ("verify", 2, 0.8))
HELD = ("add-source", "resync")  # the steps it is held down for
GRUB, FIRST, FELL_BACK, OLD, MIRROR = (
    "GRUB", "the first boot", "the fall-back", "a boot of the old system", "a boot of the mirror")
# What must have been cut off, or something promised was not tried.
KINDS = (GRUB, FIRST, f"the boot after {FIRST}", FELL_BACK, f"the boot after {FELL_BACK}", MIRROR,
         *(step for step, _, _ in CUT_STEPS))
ORDER = [step.id for step in STEPS]
STATE = "/var/lib/bootmirror"
# Go on, and wait until a step begins (0), or bootmirror has ended without it (1).
GO_ON = f"""
cd {STATE} || exit 2
before=$(wc -c <journal.jsonl)
{BOOTMIRROR} resume --erase {SOURCE_SERIAL} >/dev/null 2>&1 &
while kill -0 $! 2>/dev/null; do
    tail -c +$((before + 1)) journal.jsonl | grep -q '"started", "step": "'"$1"'"' && exit 0
    sleep 0.05
done
exit 1
"""
COMMAND_LINE = re.compile(rb"\] Command line: (.*)\n")
LOGIN = b" login: "
CHOSEN = b"Booting `First boot from the mirror"
# What programs that were cut off leave behind; systemd's tmpfiles clear it away in time.
ON_ARRAY = (
    *CONVERTED,
    MayDiffer("/var/tmp/mkinitramfs*", "an initramfs that was being built"),
    MayDiffer("/var/tmp", "that comes into being in it", "mtime"),
)


def booting(console: bytes, old_root: str) -> str:
    """What a machine that has shown this since it was switched on is at."""
    kernels = COMMAND_LINE.findall(console)
    if not kernels:
        return GRUB
    if FIRST_BOOT_WORD.encode() in kernels[-1]:
        return FIRST
    if old_root.encode() not in kernels[-1].split():
        return MIRROR
    tried = CHOSEN in console or any(FIRST_BOOT_WORD.encode() in one for one in kernels)
    return FELL_BACK if tried else OLD


@dataclass
class Cuts:
    """A machine off, just where it would restart, and what is cut off so far."""

    machine: Machine
    noted: Manifest
    chance: random.Random
    source: VolatileDisk
    mirror: VolatileDisk
    image: Path  # the mirror's
    old_root: str  # as its kernel's command line names it
    made: list[str] = field(default_factory=list)  # what was cut off, in order
    found: dict[str, str] = field(default_factory=dict)  # the state of each step, at the last look
    slow: bool = False  # the resync is held down
    shown: int = 0  # bytes on the console before it was switched on

    def switch_on(self) -> None:
        self.shown = self.machine.console_size()
        held = ("-set", f"drive.disk0.throttling.bps-write={DISK}") if self.slow else ()
        self.machine.start([self.source.power(), self.mirror.power()], extra=held)

    def cut(self, what: str) -> None:
        """The power goes: the disks' caches first, then the machine."""
        self.off()
        self.made.append(what)
        say(f"cut {len(self.made)}: {what}")

    def off(self) -> None:
        self.source.cut()
        self.mirror.cut()
        self.machine.power_cut()

    def booting(self) -> str:
        return booting(self.machine.console_from(self.shown), self.old_root)

    def _at_rest(self) -> bool:
        """Whether the boot is through; a first boot has yet to be confirmed."""
        return LOGIN in self.machine.console_from(self.shown) and self.booting() != FIRST

    def _last_line(self) -> str:
        lines = self.machine.console_from(self.shown).decode("ascii", "replace").split("\n")
        return next((clean(line.strip())[:80] for line in reversed(lines) if line.strip()), "")

    def cut_in_boot(self, *wanted: str, name: str = "") -> str:
        """Switch on and cut that boot off while it is at one of these; which it was."""
        self.switch_on()
        wait_until(lambda: self.booting() in wanted, KERNEL, f"no sign of {wanted}", every=0.2)
        until = time.monotonic() + self.chance.uniform(0.0, IN_BOOT)
        while time.monotonic() < until and not self._at_rest():
            time.sleep(0.2)
        at = self.booting()
        self.cut(name or at)
        say(f"the last that it showed: {self._last_line()}")
        return at

    def cut_in_grub(self) -> None:
        """Switch on and cut it off where GRUB has chosen the first boot."""
        self.switch_on()
        wait_until(lambda: CHOSEN in self.machine.console_from(self.shown), KERNEL,
                   "GRUB does not choose the first boot", every=0.1)
        time.sleep(self.chance.uniform(0.0, IN_GRUB))
        self.cut(self.booting())

    def look(self) -> bool:
        """Wait until it is up and see that nothing is lost; whether it is on the array."""
        with phase("up again, by itself"):
            self.machine.wait_up(seconds=UP)
        if self.slow:
            self._hold_down()
        on_array = "/md" in source_of(self.machine.ssh, "/")
        found = conversion(self.machine.ssh)
        say(f"on the {'array' if on_array else 'old disk'}: {found['phase']}: {found['headline']}")
        require(bool(found["headline"]), "bootmirror does not say where it stands")
        require(on_array or found["phase"] == "fell-back", "it does not say that it fell back")
        if on_array:
            self._wait_for_confirmation()
        self.found = {step["id"]: step["state"] for step in found["steps"]}
        allowed = ON_ARRAY if on_array else SOURCE_UNTOUCHED
        compare_files(self.machine, self.noted, allowed, "after the cut")
        return on_array

    def _wait_for_confirmation(self) -> None:
        """The machine notes by itself that it runs from the mirror, and removes what does that."""
        there = f"cd {UNITS}; ls {CONFIRM} {CONFIRM_LATE} {FALL_BACK} 2>/dev/null || true"
        wait_until(lambda: not self.machine.ssh.run("sh", "-c", there).strip(), CONFIRMS,
                   "the first boot was not confirmed", every=2.0)

    def first_boots(self) -> None:
        """Cut off in fall-backs, in the first boot, and in the boots behind these.

        Where the old system is up in the end, the first half is carried out once more.
        """
        for spoil in SPOILED:
            spoil(self.image)
            self._cut_twice(FELL_BACK)
            require(not self.look(), "it came up on a mirror that was spoiled")
            self._once_more()
        for _ in range(TRIES):
            self.cut_in_grub()
            # Where GRUB's note that it has tried outlives that cut, the old system is next.
            self._cut_twice(FIRST, OLD)
            if self.look():
                return
            self._once_more()

    def _cut_twice(self, *wanted: str) -> None:
        """In such a boot and in the one behind it; then it is switched on."""
        first = self.cut_in_boot(*wanted)
        self.cut_in_boot(FIRST, FELL_BACK, OLD, MIRROR, name=f"the boot after {first}")
        self.switch_on()

    def _once_more(self) -> None:
        bootmirror(self.machine.ssh, "resume", "--erase", MIRROR_SERIAL, code=4)
        self._switch_off()

    def _switch_off(self) -> None:
        if self.machine.running:
            self.machine.shut_down()
        self.off()

    def boots_of_the_mirror(self, number: int) -> None:
        """Cut off in so many boots behind the confirmation, with no look in between."""
        self._switch_off()
        for _ in range(number):
            self.cut_in_boot(MIRROR)
        self.on_the_array()

    def on_the_array(self) -> None:
        """Switched on where it is not, and nothing lost."""
        if not self.machine.running:
            self.switch_on()
            require(self.look(), "it is not on the array any more")

    def second_half(self) -> None:
        """Cut off in the steps behind the first boot, in order."""
        self.slow = True
        for step, times, longest in CUT_STEPS:
            if self.slow and ORDER.index(step) > max(map(ORDER.index, HELD)):
                self._let_go()
            for _ in range(times):
                self._cut_in(step, longest)

    def _cut_in(self, step: str, longest: float) -> None:
        """Cut it off in that step, unless that is behind the machine already."""
        for _ in range(TRIES):
            if self.found[step] == "finished":
                break
            done = self.machine.ssh.try_run("sh", "-c", GO_ON, "sh", step, timeout=APPEARS)
            require(done.returncode in (0, 1), f"no waiting for {step}: {done.stderr.decode()}")
            if done.returncode == 1:
                break
            time.sleep(self.chance.uniform(0.0, longest))
            self.cut(step)
            if self._hit() == step:
                return
        say(f"{step} cannot be cut off any more")

    def _hit(self) -> str:
        """The step that the machine finds interrupted; the last cut counts for that one, or not at
        all where there is none."""
        self.on_the_array()
        meant = self.made.pop()
        hit = next((step for step, at in self.found.items() if at == "interrupted"), "")
        if hit:
            self.made.append(hit)
        if hit != meant:
            say(f"that cut hit {hit or 'no step'}, not {meant}")
        return hit

    def _hold_down(self) -> None:
        """Keep what the boot has begun of the resync from its end while files are compared."""
        ssh = self.machine.ssh
        ssh.run("sysctl", "-q", "-w", f"dev.raid.speed_limit_max={BESIDE}")
        far = ssh.run("sh", "-c", "cd /sys/block; grep . md*/md/sync_action md*/md/sync_completed")
        say(f"resync: {', '.join(far.split())}")

    def _let_go(self) -> None:
        """The resync may come to its end."""
        self.slow = False
        with Qmp(self.machine.directory / "qmp") as qmp:
            qmp.run("block_set_io_throttle", device="disk0", bps=0, bps_rd=0, bps_wr=0, iops=0,
                    iops_rd=0, iops_wr=0)
        self.machine.ssh.run("sysctl", "-q", "-w", f"dev.raid.speed_limit_max={FREE}")

    def finished(self) -> None:
        """What is left of the number, in boots of the mirror; then go on to the end."""
        if len(self.made) < CUTS:
            self.boots_of_the_mirror(CUTS - len(self.made))
        bootmirror(self.machine.ssh, "resume", "--erase", SOURCE_SERIAL)
        with phase("halves alike again after the last cut"):
            self.machine.ssh.run("sh", "-c", "for a in /dev/md[0-9]*; do mdadm --wait $a; done; :")
        require_alike(self.machine.ssh)
        bootmirror(self.machine.ssh, "verify")

    def missing(self) -> list[str]:
        """What was promised and never cut off."""
        return [kind for kind in KINDS if kind not in self.made]


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
        words = machine.ssh.run("cat", "/proc/cmdline").split()
        old_root = next(word for word in words if word.startswith("root="))
        plan_and_apply(machine.ssh)
        machine.shut_down()
        chance = random.Random(f"{seed} in QEMU")
        cuts = Cuts(machine, noted, chance, VolatileDisk(source, 0, seed=str(seed)),
                    VolatileDisk(mirror, 8, seed=str(seed)),
                    mirror.path, old_root)
        try:
            yield cuts, source, mirror
        finally:
            cuts.off()


def carry_out(cuts: Cuts, source: DiskImage, mirror: DiskImage) -> str:
    """All cuts, and what they come to; the words of the last line. Raises ProofError."""
    cuts.first_boots()
    cuts.boots_of_the_mirror(MIRROR_BOOTS)
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
        made = ", ".join(f"{number} in {what}" for what, number in Counter(cuts.made).items())
        require(not cuts.missing(), f"never cut off: {', '.join(cuts.missing())}; only {made}")
        return f"{len(cuts.made)} cuts ({made}); {proved}"
