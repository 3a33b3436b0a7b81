"""Rehearsals of the scripted machine's disks, at any line of their console."""

from __future__ import annotations

from dataclasses import replace

from bootmirror.engine.view import Proof, RehearsalView, Stage, Verdict

SOURCE, MIRROR = "184732A", "184733C"
ENDED = 1_764_072_240.0  # 2025-11-25, 12:04 UTC
LIMIT = 900.0

# What the serial console of a Debian machine shows, shortened, and the stage each line belongs to.
CONSOLE: tuple[tuple[Stage, str], ...] = (
    (Stage.FIRMWARE, "SeaBIOS (version 1.16.2-debian-1.16.2-1)"),
    (Stage.FIRMWARE, "Booting from Hard Disk..."),
    (Stage.BOOT_LOADER, "GRUB loading."),
    (Stage.BOOT_LOADER, "Welcome to GRUB!"),
    (Stage.BOOT_LOADER, "Booting `Debian GNU/Linux'"),
    (Stage.BOOT_LOADER, "Loading Linux 6.1.0-40-amd64 ..."),
    (Stage.BOOT_LOADER, "Loading initial ramdisk ..."),
    (Stage.KERNEL, "[    0.000000] Linux version 6.1.0-40-amd64 (debian-kernel@lists.debian.org)"),
    (Stage.KERNEL, "[    2.114907] md/raid1:md0: active with 1 out of 2 mirrors"),
    (Stage.KERNEL, "[    2.341202] md/raid1:md1: active with 1 out of 2 mirrors"),
    (Stage.KERNEL, "[    2.806114] EXT4-fs (md1): mounted filesystem with ordered data mode."),
    (Stage.SYSTEM, "[    4.020013] systemd[1]: Detected virtualization qemu."),
    (Stage.SYSTEM, "[  OK  ] Mounted boot.mount - /boot."),
    (Stage.SYSTEM, "[  OK  ] Reached target local-fs.target - Local File Systems."),
    (Stage.SYSTEM, "Debian GNU/Linux 12 web1 ttyS0"),
)


def running(disk: str, lines: int, *, first_boot: bool = False) -> RehearsalView:
    """At work, with so many lines of the console shown."""
    shown = CONSOLE[:lines]
    return RehearsalView(
        disk, True, shown[-1][0] if shown else Stage.PREPARING, 3.0 * lines, LIMIT,
        tuple(line for _, line in shown), "kvm" if shown else "", first_boot,
    )


def proved(disk: str, *, first_boot: bool = False) -> RehearsalView:
    """Through, and well."""
    return replace(
        running(disk, len(CONSOLE), first_boot=first_boot), running=False, stage=Stage.UP,
        verdict=Verdict.PROVED, reason="It boots, with its root on md1 (raid1).",
    )


def failed(disk: str, *, first_boot: bool = False) -> RehearsalView:
    """Through, and not well: the firmware found no boot sector."""
    return replace(
        running(disk, 2, first_boot=first_boot), running=False, verdict=Verdict.FAILED,
        reason="The firmware found no boot loader on the disk.",
        hint="Install the boot loader on it again, then rehearse once more.",
    )


def stopped(view: RehearsalView) -> RehearsalView:
    """Ended by the person before it was through."""
    return replace(view, running=False, reason="It was stopped.")


def proof(view: RehearsalView) -> Proof:
    """What the journal keeps of one that came to its end."""
    assert view.verdict is not None
    return Proof(view.disk, ENDED, view.verdict, view.reason, view.hint, view.seconds,
                 view.first_boot)
