"""The virtual machine a disk is rehearsed in, as QEMU's arguments.

No screen, no network, no sound: a serial console (SeaBIOS and GRUB write there where there is no
screen), and a second serial line for what the system reports.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bootmirror.rehearsal.drives import Drive, controllers, drive_arguments
from bootmirror.rehearsal.settings import KVM, TCG
from bootmirror.rehearsal.tools import QEMU

CONSOLE, REPORT = 0, 1  # the lines, in the order of the guest's serial ports
KVM_DEVICE = "/dev/kvm"
ACCELERATORS = {
    KVM: ("-accel", "kvm", "-cpu", "host"),
    # Five-level page tables and "fast" string moves are slow to emulate.
    TCG: ("-accel", "tcg,thread=multi", "-cpu", "max,la57=off,erms=off"),
}


def accelerators(wanted: str = "") -> tuple[str, ...]:
    """What to try, in turn. Where KVM is there it may still not work, as in nested machines."""
    if wanted:
        return (wanted,)
    return (KVM, TCG) if os.access(KVM_DEVICE, os.R_OK | os.W_OK) else (TCG,)


@dataclass(frozen=True)
class Firmware:
    """UEFI's: its code and a copy of its empty variables; without them it is a BIOS."""

    code: Path
    variables: Path
    # A directory shown as a FAT disk: the shell that UEFI ends in runs the startup.nsh it finds.
    startup: Path | None = None


@dataclass(frozen=True)
class VirtualMachine:
    """All that makes one."""

    drives: tuple[tuple[Drive, Path], ...]  # each with its overlay
    tag: str  # what tells the system in it that this is a rehearsal
    memory: int  # MiB
    firmware: Firmware | None = None

    def arguments(self, accelerator: str, lines: Sequence[int]) -> list[str]:
        """The whole command; ``lines`` are open file descriptors for the serial ports."""
        drives = [drive for drive, _ in self.drives]
        return [
            QEMU, "-name", "bootmirror-rehearsal", *ACCELERATORS[accelerator],
            # HPET's timers have hung an emulated machine early in a kernel's start.
            "-machine", "q35,graphics=off,hpet=off", "-nodefaults", "-no-user-config",
            "-vga", "none", "-display", "none", "-nic", "none", "-no-reboot",
            "-smp", str(min(2, os.cpu_count() or 1)), "-m", str(self.memory),
            "-sandbox",
            "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
            "-smbios", f"type=3,asset={self.tag}",
            "-object", "rng-random,id=rng,filename=/dev/urandom",
            "-device", "virtio-rng-pci,rng=rng",
            *(word for number, handle in enumerate(lines)
              for word in ("-chardev", f"socket,id=line{number},fd={handle}",
                           "-serial", f"chardev:line{number}")),
            *self._firmware(), *controllers(drives),
            *(word for number, (drive, overlay) in enumerate(self.drives)
              for word in drive_arguments(number, drive, overlay)),
        ]

    def _firmware(self) -> list[str]:
        if self.firmware is None:
            return []
        shown = self.firmware.startup
        return [
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={self.firmware.code}",
            "-drive", f"if=pflash,unit=1,format=raw,file={self.firmware.variables}",
            *(() if shown is None else (
                "-drive", f"if=none,id=startup,format=raw,readonly=on,file=fat:{shown}",
                # OVMF lets lie what has no place in the order.
                "-device", f"virtio-blk-pci,drive=startup,bootindex={len(self.drives) + 1}",
            )),
        ]
