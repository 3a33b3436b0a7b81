"""What GRUB 2 is told on every firmware: its settings, its modules, the kernel's words."""

from __future__ import annotations

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.shell_settings import ShellSettings, lint_shell_settings
from bootmirror.kinds.boot import Boot, Setting
from bootmirror.kinds.filesystems import FILESYSTEMS
from bootmirror.machine.model import Machine

SETTINGS = "/etc/default/grub"
SNIPPETS = "/etc/default/grub.d"  # read after it
SCRIPTS = "/etc/grub.d"  # they write the menu
MENU = "/boot/grub/grub.cfg"

# Words of the running kernel's command line that belong to the old disk or to the old boot.
# fbcon, console and the rest are kept: a machine far away must not lose its serial console.
OLD_WORDS = ("BOOT_IMAGE=", "root=", "rootflags=", "resume=", "resume_offset=", "initrd=", "panic=")

CMDLINE, CMDLINE_DEFAULT = "GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"
DEFAULT_ENTRY = "GRUB_DEFAULT"
FORCE_PARTUUID = "GRUB_FORCE_PARTUUID"  # of the root, which has none on an array


def settings_for_mirror(current: str, boot: Boot) -> str:
    """/etc/default/grub without what names the old disk, and with the initramfs's words."""
    settings = ShellSettings.parse(current)
    for name in (CMDLINE, CMDLINE_DEFAULT):
        value = settings.get(name)
        kept = words_kept(value or "", ("root=", "resume=", "resume_offset="))
        if name == CMDLINE:
            kept += [word for word in boot.words if word not in kept]
        if kept != (value or "").split():
            settings = settings.with_value(name, " ".join(kept))
    if settings.get("GRUB_DISABLE_LINUX_UUID") == "true":
        # Names such as /dev/md0 may be others at the next boot; the UUID stays.
        settings = settings.with_value("GRUB_DISABLE_LINUX_UUID", "false")
    if settings.get(FORCE_PARTUUID):
        settings = settings.with_value(FORCE_PARTUUID, "")
    default = settings.get(DEFAULT_ENTRY) or ""
    if (renamed := id_on_mirror(default, boot)) != default:
        settings = settings.with_value(DEFAULT_ENTRY, renamed)
    return settings.render()


def id_on_mirror(entry: str, boot: Boot) -> str:
    """An entry of the menu as the mirror's has it: update-grub makes ids of the root's UUID.

    GRUB says nothing of an id that no entry has, and takes the first one.
    """
    old = next(iter(boot.old_root), "")
    return entry.replace(old, boot.root_uuid) if old and boot.root_uuid else entry


def grub_settings(machine: Machine, boot: Boot) -> tuple[Setting, ...]:
    """/etc/default/grub as it shall be in the copy."""
    text = settings_for_mirror(machine.file(SETTINGS) or "", boot)
    return (Setting(SETTINGS, "the boot loader's settings", text),)


def lint_settings(text: str, boot: Boot) -> tuple[Complaint, ...]:
    """What a shell would stop at, and each line with which the mirror would boot the old root."""
    mended = settings_for_mirror(text, boot).splitlines()
    wrong = [
        Complaint(number, 1, "with this the mirror would look for the old disk", f"write: {better}")
        for number, (line, better) in enumerate(zip(text.splitlines(), mended, strict=False), 1)
        if line != better
    ]
    return (*lint_shell_settings(text), *wrong)


def kernel_words(cmdline: str, boot: Boot) -> str:
    """The first boot's command line after the running kernel's (/proc/cmdline)."""
    kept = [word for word in words_kept(cmdline, OLD_WORDS) if word not in ("ro", "rw")]
    wanted = [word for word in (*boot.words, *boot.first_words) if word not in kept]
    return " ".join([f"root={boot.root}", "ro", *wanted, *kept])


def words_kept(text: str, dropped: tuple[str, ...]) -> list[str]:
    return [word for word in text.split() if not word.startswith(dropped)]


def modules(boot: Boot) -> tuple[str, ...]:
    """The modules GRUB needs to read /boot on the array, in the order they build on each other."""
    table = "part_gpt" if boot.table == "gpt" else "part_msdos"
    md = "mdraid09" if boot.metadata == "0.90" else "mdraid1x"
    volume = ("lvm",) if boot.volume else ()
    return (table, "diskfilter", md, *volume, FILESYSTEMS[boot.files_kind].grub_module)
