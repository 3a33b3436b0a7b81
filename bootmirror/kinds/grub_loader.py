"""What GRUB 2 does alike on every firmware."""

from __future__ import annotations

from abc import ABC, abstractmethod

from bootmirror.actions.action import Action
from bootmirror.formats.complaint import Complaint
from bootmirror.formats.grub_custom import DEFAULT
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Setting, Started
from bootmirror.kinds.grub import SCRIPTS, SNIPPETS, grub_settings, lint_settings
from bootmirror.kinds.grub_entry import GRUBENV, RemoveEntry, go_on_to_mirror
from bootmirror.kinds.grub_install import UpdateMenu
from bootmirror.kinds.grub_menu import started
from bootmirror.machine.model import Disk, Machine


class GrubLoader(ABC):
    """The part of a BootLoaderKind that has nothing to do with how the firmware starts GRUB."""

    metadata = "1.2"  # GRUB 2 reads it; at 4 KiB it is not mistaken for a file system
    # GRUB takes the half in slot 0 for whole even while it is being made: the other disk's, then.
    mirror_first = True
    warning = ""
    record_kind = ""
    held_back: tuple[str, ...] = ()
    user_settings: tuple[str, ...] = (SNIPPETS, SCRIPTS)
    generated: tuple[str, ...] = ("/boot/grub/*",)

    @abstractmethod
    def install(self, boot: Boot, disk: Disk) -> tuple[Action, ...]:
        """Make a disk boot the running system, which is the mirror's."""

    def settings(self, machine: Machine, boot: Boot) -> tuple[Setting, ...]:
        return grub_settings(machine, boot)

    def lint(self, path: str, text: str, boot: Boot) -> tuple[Complaint, ...]:
        del path
        return lint_settings(text, boot)

    def remove_entry(self, boot: Boot) -> tuple[Action, ...]:
        del boot
        return (RemoveEntry(),)

    def mirror_ran(self, host: Host) -> bool:
        return bool(parse_grubenv(host.read(GRUBENV) or "").get(DEFAULT))

    def stay(self, boot: Boot, source: Disk, old_boot: str) -> tuple[Action, ...]:
        del boot, source
        return (go_on_to_mirror(old_boot),)

    def take_over(self, boot: Boot, source: Disk) -> tuple[Action, ...]:
        return self.install(boot, source)

    def started(self, host: Host, boot: Boot) -> tuple[Started, ...]:
        return started(host, boot)

    def update(self) -> tuple[Action, ...]:
        return (UpdateMenu(),)
