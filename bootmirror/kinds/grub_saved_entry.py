"""The entry that GRUB starts by itself, where that is kept in its environment block.

grub-set-default writes it there, and GRUB_DEFAULT=saved has the menu read it. The copy has the
source's block, in which an id is made of the old root's UUID.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.commands import in_chroot
from bootmirror.actions.places import in_copy
from bootmirror.actions.report import Report
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot
from bootmirror.kinds.grub import id_on_mirror
from bootmirror.kinds.grub_entry import GRUBENV

# The second becomes the first after a boot that was chosen once (grub-mkconfig's 00_header).
SAVED = ("saved_entry", "prev_saved_entry")


@dataclass(frozen=True)
class RenameSavedEntry:
    """Give the saved entry the id that it has in the copy's menu."""

    boot: Boot

    def describe(self) -> str:
        return f"where {in_copy(GRUBENV)} has an entry by its id, write that entry's new id"

    def perform(self, host: Host, report: Report) -> None:
        saved = parse_grubenv(host.read(in_copy(GRUBENV)) or "")
        for name in SAVED:
            entry = saved.get(name, "")
            if (renamed := id_on_mirror(entry, self.boot)) != entry:
                in_chroot("grub-editenv", GRUBENV, "set", f"{name}={renamed}").perform(host, report)
