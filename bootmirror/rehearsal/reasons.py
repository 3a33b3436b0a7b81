"""Why a disk does not boot, read from its console.

Each reader knows the words of one stage: SeaBIOS's and edk2's, GRUB's, the kernel's,
initramfs-tools' and dracut's, systemd's. What it takes from the console stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bootmirror.rehearsal.outcome import Stage, Verdict

LOADER = "Install the boot loader on it anew (grub-install, or lilo), then rehearse again."
INITRAMFS = ("Look whether mdadm is installed and mdadm.conf names the arrays, build the initramfs "
             "anew (update-initramfs -u, or dracut --force), then rehearse again.")
FSTAB = "Correct /etc/fstab (findmnt --verify looks through it), then rehearse again."
LOOK = "Read the console to its end; bootmirror verify shows what is amiss with the mirror."
DRIVER = ("That says nothing of the real machine. Rehearse with another --bus (sata, scsi, virtio, "
          "nvme), or build the initramfs with the drivers of all (MODULES=most).")
ASK = "cat /proc/mdstat /proc/partitions"  # typed where the initramfs has ended in a shell

SILENT = 60.0  # seconds of silence after which something has come to its end

SHELL = re.compile(r"^\(initramfs\)|^dracut:/#|^sh-\d[\d.]*#")
_NO_LOADER = re.compile(r"No bootable device|BdsDxe: No bootable option|^Shell>$")
_BOOT_FAILED = re.compile(r"Boot failed: .*|BdsDxe: failed to .*")
_GRUB_PROMPT = re.compile(r"^grub(?: rescue)?>")
_GRUB_ERROR = re.compile(r"error: .*")
_PANIC = re.compile(r"Kernel panic - not syncing: (.*?)(?: \]---)?$")
_NO_ROOT = re.compile(
    r"ALERT! +(\S+) does not exist|Warning: (?:\S+: )?\"?(/dev/\S+?)\"? does not exist")
_NO_MDSTAT = re.compile(r"can't open '?/proc/mdstat|/proc/mdstat: No such file")
_ARRAY = re.compile(r"^md\S* : active ")
_DISK = re.compile(r"^\d+ +\d+ +\d+ (?:sd|vd|nvme|hd|xvd)")
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


def why(lines: Sequence[str]) -> Reason | None:
    """The reason, where nothing more can come of this boot; None while it may still come up."""
    readers = (_emergency, _initramfs, _panic, _loader, _firmware)
    return next((reason for reader in readers if (reason := reader(lines))), None)


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
    error = _last(_GRUB_ERROR, lines)
    if error:  # GRUB goes on without an initramfs that it cannot read
        return Reason(f"The kernel panicked (“{panic[1]}”) after GRUB's “{error.group()}”.",
                      INITRAMFS)
    root = "root fs" in panic[1]
    return Reason(f"The kernel panicked: “{panic[1]}”.", INITRAMFS if root else LOOK)


def _initramfs(lines: Sequence[str]) -> Reason | None:
    if _first(SHELL, lines) is None:
        return None
    lacks = _last(_NO_ROOT, lines)
    name = next((group for group in lacks.groups() if group), "") if lacks else ""
    said = f": “{lacks.group()}”" if lacks else ""
    told = "Its initramfs did not find the root file system" if name else (
        "Its initramfs stopped at a prompt")
    answer = _answer(lines)
    if answered(lines) and not _first(_DISK, answer):  # without any, not even its heading is there
        return Reason(f"{told}{said}. It sees no disk at all: it has no driver for what the disk "
                      "hangs on in the virtual machine.", DRIVER, Verdict.UNCONFIRMED)
    return Reason(f"{told}{said}. {_arrays(answer)}".strip(), INITRAMFS)


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


def _emergency(lines: Sequence[str]) -> Reason | None:
    if _first(_EMERGENCY, lines) is None:
        return None
    return emergency([match[1] for line in lines if (match := _LACKS.search(line))],
                     [match[1] for line in lines if (match := _NO_DEVICE.search(line))])


def emergency(absent: Sequence[str], devices: Sequence[str] = ()) -> Reason:
    """systemd's emergency prompt: what is not mounted, and which devices did not appear."""
    parts = []
    if absent:
        parts.append(f"{_and(absent)} could not be mounted")
    if devices:
        parts.append(f"there is no {_and(devices)}")
    told = f": {', '.join(parts)}" if parts else ""
    return Reason(f"The system stopped at its emergency prompt{told}.", FSTAB if parts else LOOK)


def silent_boot_sector(stage: Stage, last: str) -> Reason | None:
    """For a console that has been silent for long: the BIOS started the boot sector, no more."""
    if stage is not Stage.FIRMWARE or not last.startswith("Booting from Hard Disk"):
        return None
    return Reason(f"Nothing came of the disk's boot sector: the last line is “{last}”.", LOADER)


def restarted(stage: Stage, last: str) -> Reason:
    """For a machine that restarted, or switched itself off, before it was up."""
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
            "Where the kernel does not write there, add console=ttyS0 to its command line to see "
            "more; a slow machine may need --limit.", Verdict.UNCONFIRMED)
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
