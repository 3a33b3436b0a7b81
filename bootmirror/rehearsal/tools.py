"""What a rehearsal needs on the machine that carries it out."""

from __future__ import annotations

import platform
import re
from pathlib import Path

from bootmirror.host.clean import clean
from bootmirror.host.host import Host

_PC = re.compile(r"x86_64|amd64|i[3-6]86")  # as uname says it
QEMU, QEMU_IMG = "qemu-system-x86_64", "qemu-img"
PACKAGES = {QEMU: "qemu-system-x86", QEMU_IMG: "qemu-utils"}  # Debian's names

# The firmware and its empty variables, in Debian's package ovmf: without Secure Boot's keys, whose
# firmware would want a chipset emulated that needs KVM.
OVMF = (
    (Path("/usr/share/OVMF/OVMF_CODE_4M.fd"), Path("/usr/share/OVMF/OVMF_VARS_4M.fd")),
    (Path("/usr/share/OVMF/OVMF_CODE.fd"), Path("/usr/share/OVMF/OVMF_VARS.fd")),
)


def lacking_tools(host: Host, uefi: bool, own: bool = True) -> str:
    """What must be installed first, or why nothing helps, as a sentence; "" when all is there.

    ``own``: a disk of this machine is to be booted, not an image, which may be of any other.
    """
    processor = platform.machine()
    if own and not _PC.fullmatch(processor):
        return (f"This machine's processor ({clean(processor)}) cannot be rehearsed: the virtual "
                "machine is a PC (x86). Only a boot of the disk itself shows that it boots.")
    packages = [package for program, package in PACKAGES.items() if not host.find(program)]
    if uefi and ovmf(host) is None:
        packages.append("ovmf")
    if not packages:
        return ""
    *most, last = packages
    named = f"{', '.join(most)} and {last}" if most else last
    return f"To see a disk boot without a reboot, install {named}."


def ovmf(host: Host) -> tuple[Path, Path] | None:
    """UEFI's code and its empty variables; None where they are not installed."""
    return next((pair for pair in OVMF if all(host.exists(path) for path in pair)), None)
