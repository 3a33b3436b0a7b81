"""What has GRUB start the old disk beside /etc/default/grub: seen before anything changes.

That file is rewritten for the mirror. The others are the user's, and are copied as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.device_names import link_of
from bootmirror.formats.grub_cfg import kernels
from bootmirror.formats.shell_settings import ShellSettings
from bootmirror.kinds.grub import (
    CMDLINE,
    CMDLINE_DEFAULT,
    DEFAULT_ENTRY,
    FORCE_PARTUUID,
    SCRIPTS,
    SETTINGS,
    SNIPPETS,
)
from bootmirror.kinds.grub_menu import naming
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import fstab_names

CUSTOM = f"{SCRIPTS}/40_custom"  # the user's own entries; the other scripts are the package's


def user_settings_refusals(machine: Machine, source: Disk) -> Iterator[Refusal]:
    """Each setting, and each entry of the user's own, that means the old root."""
    uuid, names = _old_root(machine, source)
    for path, text in machine.files:
        if path.startswith(f"{SNIPPETS}/"):
            for name in dict.fromkeys(_settings_off(text, uuid)):
                yield Refusal("grub-settings", f"{name} in {path} means the disk that / is on now: "
                              "the mirror would not start with it.",
                              f"Move it to {SETTINGS}, which is rewritten for the mirror, or "
                              "remove it.")
    custom = machine.file(CUSTOM) or ""
    found = [*(number for number, _ in naming(custom, [uuid] if uuid else [])),
             *(entry.line for entry in kernels(custom)
               if entry.root is not None and {entry.root, link_of(entry.root)} & names)]
    if found:
        yield Refusal("grub-custom", f"Line {min(found)} of {CUSTOM} names the disk that / is on "
                      "now: it would be in the mirror's menu.",
                      "Remove that entry, or name in it something that is there afterwards too.")


def _settings_off(text: str, uuid: str) -> Iterator[str]:
    """The names of those that would have the mirror look for the old root."""
    for setting in ShellSettings.parse(text).assignments:
        words = setting.value.split()
        if setting.name in (CMDLINE, CMDLINE_DEFAULT):
            off = any(word.startswith("root=") for word in words)
        elif setting.name == DEFAULT_ENTRY:
            off = bool(uuid) and uuid in setting.value
        else:
            off = setting.name == FORCE_PARTUUID and bool(setting.value)
        if off:
            yield setting.name


def _old_root(machine: Machine, source: Disk) -> tuple[str, frozenset[str]]:
    """The UUID of today's root, and all that a root= may call it."""
    mount = machine.mount("/")
    path = mount.source if mount else ""
    for partition in source.partitions:
        if partition.path == path:
            content = partition.content
            return content.uuid if content else "", fstab_names(source, partition)
    for group in machine.volume_groups:
        for volume in group.volumes:
            if volume.path == path:
                uuid = volume.content.uuid if volume.content else ""
                return uuid, frozenset((path, f"/dev/{group.name}/{volume.name}"))
    return "", frozenset()
