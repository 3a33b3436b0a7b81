"""Why a disk does not boot, read from its console.

Each reader knows the words of one stage: SeaBIOS's and edk2's, GRUB's, the kernel's,
initramfs-tools' and dracut's, systemd's. What it takes from the console stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bootmirror.rehearsal.hidden import NOTHING, Hidden
from bootmirror.rehearsal.outcome import Stage, Verdict

LOADER = "Install the boot loader on it anew (grub-install, or lilo), then rehearse again."
INITRAMFS = ("Look whether mdadm is installed and mdadm.conf names the arrays, build the initramfs "
             "anew (update-initramfs -u, or dracut --force), then rehearse again.")
FSTAB = "Correct /etc/fstab (findmnt --verify looks through it), then rehearse again."
LOOK = "Read the console to its end; bootmirror verify shows what is amiss with the mirror."
DRIVER = ("That says nothing of the real machine. Rehearse with another --bus (sata, scsi, virtio, "
          "nvme), or build the initramfs with the drivers of all (MODULES=most).")
SERIAL = ("Where the kernel does not write there, add console=ttyS0 to its command line to see "
          "more.")
HIDDEN = ("Where the machine can do without it, say nofail for it in /etc/fstab, then rehearse "
          "again; else rehearse is of no use here.")
ASK = "cat /proc/mdstat /proc/partitions"  # typed where the initramfs has ended in a shell

SILENT = 60.0  # seconds of silence after which something has come to its end

CONSOLE = "/dev/ttyS0"  # the virtual machine's
TOO_SLOW = "Rehearse where KVM works, or with nothing else at work."
SHELL = re.compile(r"^\(initramfs\)|^dracut:/#|^sh-\d[\d.]*#")
_NO_LOADER = re.compile(r"No bootable device|BdsDxe: No bootable option|^Shell>$")
_BOOT_FAILED = re.compile(r"Boot failed: .*|BdsDxe: failed to .*")
_GRUB_PROMPT = re.compile(r"^grub(?: rescue)?>")
_GRUB_ERROR = re.compile(r"error: .*")
_PANIC = re.compile(r"Kernel panic - not syncing: (.*?)(?: \]---)?$")
_NO_ROOT = re.compile(
    r"ALERT! +(\S+) does not exist|Warning: (?:\S+: )?\"?(/dev/\S+?)\"? does not exist")
_GAVE_UP = re.compile(  # an initramfs that restarts the machine instead of giving its shell
    r"Gave up waiting for|Rebooting automatically due to panic=|Warning: Could not boot")
_NO_MDSTAT = re.compile(r"can't open '?/proc/mdstat|/proc/mdstat: No such file")
_ARRAY = re.compile(r"^md\S* : active ")
_DISK = re.compile(r"^\d+ +\d+ +\d+ (?:sd|vd|nvme|hd|xvd)")
# A disk that the kernel has found: "[sda] 41943040 512-byte logical blocks", " vda: vda1 vda2".
# Neither a name on the command line nor one that is missed ("/dev/sda1 does not exist").
_SEEN = re.compile(r"(?<![\w/=-])(?:[sv]d[a-z]\d*\b|nvme\d)")
_HANDED_ON = re.compile(r"^Booting [`'a]|^Loading ")  # a boot loader has started a kernel
# GRUB's own words for it, and the title of the entry that the first boot falls back to with UEFI.
_FELL_BACK = re.compile(r"Falling back to|Restart: back to the old disk")
_EMERGENCY = re.compile(
    r"You are in emergency mode|Welcome to emergency mode|(?:Press Enter|root password) for "
    r"maintenance|Cannot open access to console|Reached target emergency")
_LACKS = re.compile(
    r"(?:Dependency failed for|Failed to mount) (?:\S+\.mount - )?(/\S*?)\.?$")
_NO_DEVICE = re.compile(r"Timed out waiting for device (?:\S+ - )?(/dev/\S+?)\.?$")


@dataclass(frozen=True)
class Reason:
    """Why it does not boot, and what to do: a sentence each."""

    text: str
    hint: str
    verdict: Verdict = Verdict.FAILED


def why(
    lines: Sequence[str], hidden: Hidden = NOTHING, absent: Sequence[str] = ()
) -> Reason | None:
    """The reason, where nothing more can come of this boot; None while it may still come up.

    ``absent``: what the system itself told to be not mounted, if it told that.
    """
    readers = (_initramfs, _panic, _loader, _firmware)
    return _emergency(lines, hidden, absent) or next(
        (reason for reader in readers if (reason := reader(lines))), None)


def _firmware(lines: Sequence[str]) -> Reason | None:
    end = _first(_NO_LOADER, lines)
    if end is None:
        return None
    said = _first(_BOOT_FAILED, lines) or end
    return Reason(f"The firmware found no boot loader on the disk: “{said.group()}”.", LOADER)


def _loader(lines: Sequence[str]) -> Reason | None:
    prompt = _first(_GRUB_PROMPT, lines)
    if prompt is None:
        return None
    said = _last(_GRUB_ERROR, lines) or prompt
    return Reason(f"GRUB started and could not go on: “{said.group()}”.", LOADER)


def _panic(lines: Sequence[str]) -> Reason | None:
    panic = _first(_PANIC, lines)
    if panic is None:
        return None
    gave_up = _gave_up(lines)
    if gave_up:  # dracut without a shell ends so: its init is killed
        return gave_up
    error = _last(_GRUB_ERROR, lines)
    if error:  # GRUB goes on without an initramfs that it cannot read
        return Reason(f"The kernel panicked (“{panic[1]}”) after GRUB's “{error.group()}”.",
                      INITRAMFS)
    root = "root fs" in panic[1]
    return Reason(f"The kernel panicked: “{panic[1]}”.", INITRAMFS if root else LOOK)


def _initramfs(lines: Sequence[str]) -> Reason | None:
    if _first(SHELL, lines) is None:
        return None
    told = _without_root(lines) or "Its initramfs stopped at a prompt"
    answer = _answer(lines)
    if answered(lines) and not _first(_DISK, answer):  # without any, not even its heading is there
        return Reason(f"{told}. It sees no disk at all: it has no driver for what the disk "
                      "hangs on in the virtual machine.", DRIVER, Verdict.UNCONFIRMED)
    return Reason(f"{told}. {_arrays(answer)}".strip(), INITRAMFS)


def _without_root(lines: Sequence[str]) -> str:
    """That an initramfs did not find the root, with its words; "" where it said no such thing."""
    lacks = _last(_NO_ROOT, lines)
    return f"Its initramfs did not find the root file system: “{lacks.group()}”" if lacks else ""


def _gave_up(lines: Sequence[str]) -> Reason | None:
    """For an initramfs that ended without a shell which could be asked."""
    end = _last(_GAVE_UP, lines)
    told = _without_root(lines) or (
        f"Its initramfs did not find the root file system: “{end.group()}”" if end else "")
    if told and _first(_SEEN, lines) is None:
        return Reason(f"{told}. Its console names no disk: it may have no driver for what the disk "
                      "hangs on in the virtual machine.", DRIVER, Verdict.UNCONFIRMED)
    return Reason(f"{told}.", INITRAMFS) if told else None


def _answer(lines: Sequence[str]) -> Sequence[str]:
    """What the initramfs's shell has answered; empty where it was not asked."""
    asked = [number for number, line in enumerate(lines) if line.endswith(ASK)]
    return lines[asked[-1] + 1 :] if asked else ()


def _arrays(answer: Sequence[str]) -> str:
    """What that says of its arrays."""
    if _first(_NO_MDSTAT, answer):
        return "It does not know md: there is no /proc/mdstat in it."
    if _first(_ARRAY, answer):
        return "It started an array, which does not hold that file system."
    return "It started no array." if _first(re.compile("^Personalities"), answer) else ""


def answered(lines: Sequence[str]) -> bool:
    """Whether the shell that was asked has printed its prompt once more."""
    return _first(SHELL, _answer(lines)) is not None


def _emergency(
    lines: Sequence[str], hidden: Hidden, absent: Sequence[str]
) -> Reason | None:
    if _first(_EMERGENCY, lines) is None:
        return None
    if _without_root(lines):  # the prompt of a systemd in the initramfs
        return None if _first(SHELL, lines) else _gave_up(lines)
    lacks = [match[1] for line in lines if (match := _LACKS.search(line))]
    return emergency(lacks or absent,
                     [match[1] for line in lines if (match := _NO_DEVICE.search(line))], hidden)


def emergency(
    absent: Sequence[str], devices: Sequence[str] = (), hidden: Hidden = NOTHING
) -> Reason:
    """systemd's emergency prompt: what is not mounted, and which devices did not appear."""
    stopped = "The system stopped at its emergency prompt"
    if CONSOLE in devices:  # it is there for sure: udev, or the machine, was too slow for systemd
        return Reason(f"{stopped}: it even waited in vain for {CONSOLE}, over which it speaks. The "
                      "virtual machine is too slow; it proves nothing.", TOO_SLOW,
                      Verdict.UNCONFIRMED)
    gone = [path for path in absent if not hidden.over_the_network(path)]
    # A device alone may be one that nobody waits for: swap, or the other disk's.
    missed = gone or list(devices) or list(hidden.awaited)
    if missed and all(map(hidden.holds, missed)):
        are = "is" if len(set(missed)) == 1 else "are"
        return Reason(f"{stopped}: {_and(missed)} {are} on a disk that the rehearsal does not "
                      "show: it proves nothing.", HIDDEN, Verdict.UNCONFIRMED)
    parts = []
    if absent:
        parts.append(f"{_and(absent)} could not be mounted")
    if devices:
        parts.append(f"there is no {_and(devices)}")
    told = f": {', '.join(parts)}" if parts else ""
    return Reason(f"{stopped}{told}.", FSTAB if parts else LOOK)


def silent_boot_sector(stage: Stage, last: str) -> Reason | None:
    """For a console that has been silent for long: the BIOS started the boot sector, no more."""
    if stage is not Stage.FIRMWARE or not last.startswith("Booting from Hard Disk"):
        return None
    return Reason(f"Nothing came of the disk's boot sector: the last line is “{last}”.", LOADER)


def restarted(stage: Stage, lines: Sequence[str]) -> Reason:
    """For a machine that restarted, or switched itself off, before it was up."""
    gave_up = _gave_up(lines)
    if gave_up:
        return gave_up
    last = lines[-1] if lines else ""
    error = _last(_GRUB_ERROR, lines) or _last(_FELL_BACK, lines)
    if error and stage is Stage.BOOT_LOADER:
        return Reason(f"GRUB started and could not go on: “{error.group()}”; the machine "
                      "restarted.", LOADER)
    if stage is Stage.FIRMWARE or (
            stage is Stage.BOOT_LOADER and _first(_HANDED_ON, lines) is not None):
        # A kernel that writes elsewhere: whatever it restarted for may be the virtual machine's.
        return Reason(f"The machine switched itself off or restarted ({_reached(stage)}), and "
                      f"nothing came over its serial line since “{last}”.", SERIAL,
                      Verdict.UNCONFIRMED)
    return Reason(f"The machine switched itself off or restarted ({_reached(stage)}): the last "
                  f"line is “{last}”.", LOOK)


def out_of_time(stage: Stage, last: str, seconds: float, silent: float) -> Reason:
    """For a boot that the time limit ended, after that many seconds of silence.

    One that has said nothing for half the time hangs. Any other may be slow, no more.
    """
    spent = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
    late = f"It was not up after {spent} ({_reached(stage)})"
    if stage is Stage.BOOT_LOADER:
        return Reason(
            f"{late}, and nothing came over its serial line since “{last}”.",
            f"{SERIAL[:-1]}; a slow machine may need --limit.", Verdict.UNCONFIRMED)
    hangs = silent >= max(SILENT, seconds / 2)
    return Reason(f"{late}: the last line is “{last}”.",
                  "Read the console; a slow machine may need a longer --limit.",
                  Verdict.FAILED if hangs else Verdict.UNCONFIRMED)


def _reached(stage: Stage) -> str:
    return {
        Stage.SYSTEM: "its init was at work",
        Stage.KERNEL: "the kernel or its initramfs was at work",
    }.get(stage, f"it had come to the {stage.value}")


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> re.Match[str] | None:
    return next((match for line in lines if (match := pattern.search(line))), None)


def _last(pattern: re.Pattern[str], lines: Sequence[str]) -> re.Match[str] | None:
    return _first(pattern, reversed(lines))


def _and(names: Sequence[str]) -> str:
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last
