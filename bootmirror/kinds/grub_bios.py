"""GRUB 2 on a machine with a BIOS, as Debian's grub-pc installs it.

GRUB writes its environment block on a plain disk only, not on an array: so the one-shot first boot
lives on the source disk, whose /boot is still plain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command, in_chroot
from bootmirror.actions.files import WriteFile
from bootmirror.formats.grub_custom import STAGE
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Entry
from bootmirror.kinds.copy_menu import update_menu_in_copy
from bootmirror.kinds.debconf_devices import TellDebconf, debconf_check, stable_name
from bootmirror.kinds.gpt import TYPES
from bootmirror.kinds.grub_embedded import wrong_images
from bootmirror.kinds.grub_entry import (
    ENTRY_ID,
    GRUBENV,
    ForgetStages,
    at_stage,
    environment_refusals,
    grub_entry,
)
from bootmirror.kinds.grub_install import InstallGrub
from bootmirror.kinds.grub_loader import GrubLoader
from bootmirror.kinds.grub_menu import menu_check
from bootmirror.kinds.grub_user_settings import user_settings_refusals
from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Machine
from bootmirror.sizes import readable

TARGET_NAME = "--target=i386-pc"
SMALLEST_GAP = 1 << 20  # bytes before the first partition: the core image with md needs them


class GrubBios(GrubLoader):
    """GRUB with its core image before the first partition (MBR) or in one of its own (GPT)."""

    programs: tuple[str, ...] = (
        "grub-install", "update-grub", "grub-reboot", "grub-editenv", "debconf-set-selections")

    def refusals(self, machine: Machine, source: Disk) -> Iterator[Refusal]:
        on_disks = machine.boot_loader.on_disks
        if on_disks is not None and source.path not in on_disks:
            # The mirror's own code goes, and its place hands a BIOS on to the source.
            elsewhere = f" but on {', '.join(on_disks)}" if on_disks else ""
            yield Refusal("boot-code", f"GRUB does not lie on {source.name}{elsewhere}: the "
                          "machine could not boot from that disk alone.",
                          f"Install it there (grub-install {source.path}), and see that the BIOS "
                          "starts that disk.")
        if source.table == "gpt":
            if not any(p.type == TYPES[Role.BIOS_BOOT] for p in source.partitions):
                yield Refusal("bios-boot", f"{source.name} has a GPT but no BIOS boot partition: "
                              "GRUB with RAID support has no room on it.",
                              f"Make one of 1 MiB or more (type {TYPES[Role.BIOS_BOOT]}) and run "
                              "grub-install.")
        else:
            first = min((p.start for p in source.partitions), default=SMALLEST_GAP)
            if first < SMALLEST_GAP:
                yield Refusal("gap", f"The first partition of {source.name} begins "
                              f"{readable(first)} into the disk: GRUB with RAID support does not "
                              "fit before it.", "Move that partition to begin at 1 MiB or later.")
        yield from environment_refusals(machine)
        yield from user_settings_refusals(machine, source)

    def entry(self, machine: Machine, boot: Boot, source: Disk) -> Entry:
        del source
        return grub_entry(machine, boot, "the one-shot first boot, on the old disk")

    def into_copy(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        return (
            # The mirror's boot sector comes with confirm-first-boot.
            in_chroot("grub-install", TARGET_NAME, "--no-bootsector", mirror.path),
            *update_menu_in_copy(boot),
        )

    def write_entry(self, boot: Boot, entry: Entry, mirror: Disk) -> tuple[Action, ...]:
        return (*self.disarm(boot, mirror), WriteFile(entry.path, entry.text, entry.purpose))

    def arm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        del boot, mirror
        return (command("grub-reboot", ENTRY_ID),)

    def disarm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        del boot, mirror
        return (ForgetStages(),)

    def explain(self, host: Host, boot: Boot, mirror: Disk, lost: bool) -> str:
        del boot, mirror
        environment = parse_grubenv(host.read(GRUBENV) or "")
        if environment.get("next_entry"):
            return "The boot loader never took the one-shot entry: it is still waiting."
        return at_stage(environment.get(STAGE, ""), lost)

    def release(self, boot: Boot) -> tuple[Action, ...]:
        del boot
        return ()

    def install(self, boot: Boot, disk: Disk) -> tuple[Action, ...]:
        del boot
        return (InstallGrub((TARGET_NAME, disk.path)),)

    def tell_package_meanwhile(self, disks: Sequence[Disk]) -> tuple[Action, ...]:
        return (TellDebconf(tuple(stable_name(disk) for disk in disks), at_last=False),)

    def tell_package(self, boot: Boot, disks: Sequence[Disk]) -> tuple[Action, ...]:
        del boot
        return (TellDebconf(tuple(stable_name(disk) for disk in disks)),)

    def checks(self, host: Host, boot: Boot, machine: Machine, disks: Sequence[Disk]
               ) -> Iterator[Check]:
        for disk in disks:
            wrong = wrong_images(host, disk)
            yield Check(f"boot loader on {disk.name}", not wrong,
                        wrong or "GRUB, the version that is in /boot",
                        f"Run grub-install {TARGET_NAME} {stable_name(disk)}.")
        yield menu_check(host, boot, disks)
        yield debconf_check(host, machine, disks)
