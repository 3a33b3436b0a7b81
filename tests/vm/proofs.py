"""What a conversion is judged by: files compared, and each disk booted alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.vm.arrays import Array, array_of, scrub
from tests.vm.machine import DiskImage, Machine
from tests.vm.manifest import RUNNING, Comparison, Manifest, MayDiffer, compare
from tests.vm.practice import Practice
from tests.vm.progress import phase, say
from tests.vm.ssh import Ssh

# What the conversion is there to change.
CONVERTED = (
    *RUNNING,
    MayDiffer("/etc", "files in it are replaced", "mtime"),
    MayDiffer("/etc/fstab*", "names the arrays now"),
    MayDiffer("/etc/mdadm*", "mdadm.conf lists the arrays now"),
    MayDiffer("/etc/default", "grub is replaced in it", "mtime"),
    MayDiffer("/etc/default/grub*", "boot loader settings"),
    MayDiffer("/etc/initramfs-tools/conf.d*", "the swap the machine resumes from"),
    MayDiffer("/etc/dracut.conf.d*", "the same, where dracut builds it"),
    MayDiffer("/etc/bootmirror*", "what keeps EFI system partitions alike"),
    MayDiffer("/etc/dpkg/dpkg.cfg.d", "a hook comes into being in it", "mtime"),
    MayDiffer("/etc/dpkg/dpkg.cfg.d/bootmirror-esps", "that hook"),
    MayDiffer("/etc/systemd/system", "a unit comes into being in it", "mtime"),
    MayDiffer("/etc/systemd/system/*.target.wants", "and links to it", "mtime"),
    MayDiffer("/etc/systemd/system/emergency.target.wants*", "the directory for one of them"),
    MayDiffer("/etc/systemd/system/*bootmirror-report@*", "what tells a rehearsal of the boot"),
    MayDiffer("/etc/lvm", "directories come into being in it", "mtime"),
    MayDiffer("/etc/lvm/archive*", "LVM's own record of the groups as they were"),
    MayDiffer("/etc/lvm/backup*", "and as they are"),
    MayDiffer("/etc/raidtab", "the description of the arrays, kept for people"),
    MayDiffer("/root", "bootmirror.log and the like", "mtime"),
    MayDiffer("/var/lib", "directories come into being in it", "mtime"),
    MayDiffer("/var/lib/bootmirror*", "bootmirror's own state"),
    MayDiffer("/var/lib/initramfs-tools*", "checksums of the initramfs built"),
    MayDiffer("/var/cache/debconf*", "the disks GRUB is installed on"),
    MayDiffer("/var/lib/mdadm*", "mdadm's own state"),
    MayDiffer("/boot", "initrd.img is replaced in it", "mtime"),
    MayDiffer("/boot/initrd.img-*", "holds md now"),
    MayDiffer("/boot/grub*", "the boot loader's own files"),
    MayDiffer("/etc/lilo.conf*", "names the array and both disks now"),
    MayDiffer("/boot/map*", "LILO's own files, one a disk"),
    MayDiffer("/boot/boot.0*", "the boot sectors LILO replaced"),
    MayDiffer("/", "a swap file is made anew in it", "mtime"),
    MayDiffer("/swapfile", "swap is not copied: it is made anew"),
)

# What may have changed on the source while nothing but the first half has run.
SOURCE_UNTOUCHED = (
    *RUNNING,
    MayDiffer("/var/lib", "bootmirror's directory comes into being in it", "mtime"),
    MayDiffer("/var/lib/bootmirror*", "bootmirror's own state"),
    MayDiffer("/boot/grub", "the one-shot entry's file comes and goes in it", "mtime"),
    MayDiffer("/boot/grub/custom.cfg", "the listed one-shot boot entry"),
    MayDiffer("/boot/grub/grubenv", "the listed one-shot boot entry"),
)


class ProofError(Exception):
    """The machine is not what it should be."""


def require(true: bool, otherwise: str) -> None:
    """Raise ProofError with that sentence unless it is true."""
    if not true:
        raise ProofError(otherwise)


def require_alike(ssh: Ssh) -> None:
    """md reads both halves of every array and finds no sector that differs. Raises ProofError."""
    ssh.run("sync")
    with phase("comparing the halves, sector by sector"):
        found = scrub(ssh)
    require(bool(found) and not any(found.values()), f"the halves differ: {found}")


def wait_until(
    condition: Callable[[], bool], seconds: float, complaint: str, every: float = 1.0
) -> None:
    """Look again until the condition holds. Raises ProofError with the complaint."""
    deadline = time.monotonic() + seconds
    while not condition():
        require(time.monotonic() < deadline, complaint)
        time.sleep(every)


def compare_files(
    machine: Machine, before: Manifest, exceptions: Iterable[MayDiffer], what: str
) -> Comparison:
    """Take a manifest now and compare; every differing file is printed. Raises ProofError."""
    with phase(f"comparing every file: {what}"):
        result = compare(before, Manifest.take(machine.ssh, machine.spec.mounts), exceptions)
    for line in result.differing:
        say(f"  differs: {line}")
    say(f"{result.last_words()} ({len(result.excepted)} listed ones left out)")
    require(not result.differing, f"{what}: {len(result.differing)} files differ")
    return result


def require_arrays(machine: Machine, serials: Sequence[str]) -> dict[str, Array]:
    """Every file system is on an array of two slots, in sync on just these disks.

    Raises ProofError.
    """
    found = {}
    for mount in machine.spec.mounts:
        array = array_of(machine.ssh, mount)
        if array is None:
            raise ProofError(f"{mount} is not on an array")
        require(array.slots == 2, f"{array.name} has {array.slots} slots, not 2")
        require(
            array.serials == tuple(sorted(serials)),
            f"{array.name} ({mount}) is in sync on {array.serials}, not on {tuple(serials)}",
        )
        require(not array.bad_blocks, f"{array.name} ({mount}) has bad blocks on record")
        found[mount] = array
    return found


def _boot_copy(
    machine: Machine, disks: Sequence[DiskImage], title: str, arrays: dict[str, Array]
) -> None:
    """Boot throw-away overlays of these disks and look at the arrays; then pull the plug."""
    copies: list[DiskImage] = []
    for disk in disks:
        path = Path(machine.directory) / f"{disk.serial}-copy.qcow2"
        path.unlink(missing_ok=True)
        copies.append(disk.overlay(path))
    shown = machine.console_size()
    with phase(title):
        machine.boot(copies)
        found = require_arrays(machine, [disk.serial for disk in disks])
        for mount, array in found.items():
            require(
                array.uuid == arrays[mount].uuid,
                f"{mount} is on array {array.uuid}, not on {arrays[mount].uuid}",
            )
        # systemd's default limit: what may be absent must have a shorter one of its own.
        waited = b"1min 30s / 1min 30s" in machine.console_from(shown)
        require(not waited, "the boot waited in vain for something of the disk that is gone")
        failed = machine.ssh.run("systemctl", "list-units", "--failed", "--plain", "--no-legend")
        require(not failed.strip(), f"units failed in this boot: {failed.strip()}")
        names = ", ".join(f"{mount} on {array.name}" for mount, array in found.items())
        say(f"  {names}")
    machine.power_cut()


def prove_files(
    practice: Practice, before: Manifest, allowed: Iterable[MayDiffer] = CONVERTED
) -> tuple[dict[str, Array], Comparison]:
    """The running converted machine: whole arrays, every file. Raises ProofError."""
    arrays = require_arrays(practice.machine, [practice.source.serial, practice.mirror.serial])
    files = compare_files(
        practice.machine, before, allowed, "the mirrored root with the old one")
    with phase("switching off"):
        practice.machine.shut_down()
    return arrays, files


def prove_alone(
    practice: Practice, before: Manifest, allowed: Iterable[MayDiffer] = CONVERTED
) -> str:
    """Every file, and each disk booted alone; the words of the last line. Raises ProofError.

    The machine is off afterwards. A UEFI machine's variables are lost before the second disk's
    turn, as with a disk moved into another machine.
    """
    machine, source, mirror = practice.machine, practice.source, practice.mirror
    arrays, files = prove_files(practice, before, allowed)
    # Each boot writes a little, so each gets overlays that are thrown away: halves that ran alone
    # must never meet again.
    _boot_copy(machine, [source], f"booting with {source.serial} alone", arrays)
    machine.forget_nvram()
    _boot_copy(machine, [mirror], f"booting with {mirror.serial} alone", arrays)
    return f"alone: {source.serial} boots, {mirror.serial} boots; {files.last_words()}"


def prove_mirror(practice: Practice, before: Manifest) -> str:
    """The same, and both disks in either order. Raises ProofError."""
    machine, source, mirror = practice.machine, practice.source, practice.mirror
    arrays, files = prove_files(practice, before)
    _boot_copy(machine, [source], f"booting with {source.serial} alone", arrays)
    _boot_copy(machine, [mirror], f"booting with {mirror.serial} alone", arrays)
    _boot_copy(machine, [source, mirror], "booting with both", arrays)
    _boot_copy(machine, [mirror, source], "booting with both, changed places", arrays)
    return f"alone: {source.serial} boots, {mirror.serial} boots; {files.last_words()}"
