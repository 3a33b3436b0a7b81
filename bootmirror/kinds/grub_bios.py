"""GRUB 2 on a machine with a BIOS, as Debian's grub-pc installs it.

GRUB writes its environment block on a plain disk only, not on an array: so the one-shot first boot
lives on the source disk, whose /boot is still plain.
"""

from __future__ import annotations

from bootmirror.formats.grub_custom import (
    DEFAULT,
    STAGE,
    FirstBootEntry,
    with_entry,
    without_entry,
)
from bootmirror.formats.shell_settings import ShellSettings
from bootmirror.machine.model import Machine

ENTRY_ID = "bootmirror-first-boot"

# Words of the running kernel's command line that belong to the old disk or to the old boot.
# fbcon, console and the rest are kept: a machine far away must not lose its serial console.
OLD_WORDS = ("BOOT_IMAGE=", "root=", "rootflags=", "resume=", "resume_offset=", "initrd=", "panic=")

CMDLINE_SETTINGS = ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT")


class GrubBios:
    """GRUB with its core image in the gap before the first partition of an MBR disk."""

    programs: tuple[str, ...] = ("grub-install", "update-grub", "grub-reboot", "grub-editenv")
    settings_path = "/etc/default/grub"
    entry_path = "/boot/grub/custom.cfg"
    menu_path = "/boot/grub/grub.cfg"
    generated: tuple[str, ...] = ("/boot/grub/*",)

    def settings(self, current: str) -> str:
        settings = ShellSettings.parse(current)
        for name in CMDLINE_SETTINGS:
            value = settings.get(name)
            kept = _words_kept(value or "", ("root=", "resume=", "resume_offset="))
            if value is not None and kept != value.split():
                settings = settings.with_value(name, " ".join(kept))
        if settings.get("GRUB_DISABLE_LINUX_UUID") == "true":
            # Names such as /dev/md0 may be others at the next boot; the UUID stays.
            settings = settings.with_value("GRUB_DISABLE_LINUX_UUID", "false")
        return settings.render()

    def first_boot_entry(
        self, machine: Machine, *, boot_uuid: str, boot_is_separate: bool, root_uuid: str
    ) -> str:
        words = _words_kept(machine.cmdline, OLD_WORDS)
        kept = [word for word in words if word not in ("ro", "rw")]
        prefix = "" if boot_is_separate else "/boot"
        entry = FirstBootEntry(
            id=ENTRY_ID,
            title="First boot from the mirror (bootmirror)",
            boot_uuid=boot_uuid,
            path_prefix=prefix,
            kernel=f"{prefix}/vmlinuz-{machine.kernel}",
            initrd=f"{prefix}/initrd.img-{machine.kernel}",
            cmdline=" ".join([f"root=UUID={root_uuid}", "ro", *kept]),
            insmods=("part_msdos", "diskfilter", "mdraid1x", "ext2"),
        )
        return with_entry(machine.file(self.entry_path), entry)

    def without_entry(self, current: str) -> str | None:
        return without_entry(current)

    def prepare(self, disk: str) -> list[str]:
        return ["grub-install", "--target=i386-pc", "--no-bootsector", disk]

    def install(self, disk: str) -> list[str]:
        return ["grub-install", "--target=i386-pc", disk]

    def update(self) -> list[str]:
        return ["update-grub"]

    def arm(self) -> list[str]:
        return ["grub-reboot", ENTRY_ID]

    def disarm(self) -> list[str]:
        return ["grub-editenv", "/boot/grub/grubenv", "unset", "next_entry", STAGE, DEFAULT]

    def stay(self, boot: str) -> list[str]:
        return ["grub-editenv", f"{boot}/grub/grubenv", "set", f"{DEFAULT}=mirror"]


def _words_kept(text: str, dropped: tuple[str, ...]) -> list[str]:
    return [word for word in text.split() if not word.startswith(dropped)]
