"""Take a snapshot of the machine. Changes nothing."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import replace

from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.machine.arrays import read_arrays, refresh_arrays
from bootmirror.machine.blocks import list_blocks, read_disks, read_mapped
from bootmirror.machine.lvm import read_volume_groups
from bootmirror.machine.model import Machine
from bootmirror.machine.mounts import read_mounts, read_swaps
from bootmirror.machine.system import (
    read_boot_loader,
    read_environment,
    read_files,
    read_initramfs,
    read_kernels,
    read_os,
    read_programs,
)
from bootmirror.machine.writers import read_writers


def inspect(host: Host) -> Machine:
    """All facts of this machine, now. Raises CommandFailed when lsblk or findmnt fails."""
    blocks = list_blocks(host)
    disks = read_disks(host, blocks)
    mounts = read_mounts(host)
    root = next((m for m in reversed(mounts) if m.target == "/"), None)
    firmware = "uefi" if host.exists("/sys/firmware/efi") else "bios"
    cmdline = clean(host.read("/proc/cmdline"), 4096)
    release = read_os(host)
    return Machine(
        taken_at=time.time(),
        boot_id=boot_id(host),
        hostname=clean(platform.node()),
        os_name=release["PRETTY_NAME"],
        os_id=release["ID"],
        os_version=release["VERSION_ID"],
        kernel=clean(platform.release()),
        architecture=clean(platform.machine()),
        firmware=firmware,
        cmdline=cmdline,
        is_root=os.geteuid() == 0,
        environment=read_environment(host, cmdline, root.fstype if root else ""),
        disks=disks,
        mounts=mounts,
        swaps=read_swaps(host),
        arrays=read_arrays(host, blocks),
        volume_groups=read_volume_groups(host, blocks),
        mapped=read_mapped(blocks),
        boot_loader=read_boot_loader(host, firmware, disks),
        initramfs=read_initramfs(host),
        programs=read_programs(host),
        files=read_files(host),
        kernels=read_kernels(host),
        writers=read_writers(host),
    )


def glance(host: Host, machine: Machine) -> Machine:
    """The same machine with its arrays and configuration files read anew.

    Everything is read anew when an array came or went.
    """
    arrays = refresh_arrays(host, machine.arrays)
    if arrays is None:
        return inspect(host)
    return replace(machine, arrays=arrays, files=read_files(host))


def boot_id(host: Host) -> str:
    """The kernel's name for this boot; another after each reboot."""
    return clean(host.read("/proc/sys/kernel/random/boot_id"))
