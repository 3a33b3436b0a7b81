"""GRUB's menu in the copy, written by the copy's own update-grub.

os-prober, which looks for other systems on other partitions, would find the old root there and
enter it as one. It is held back meanwhile; the mirror's next update-grub finds what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import in_chroot
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import TARGET, in_copy
from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot
from bootmirror.kinds.grub import MENU
from bootmirror.kinds.grub_menu import CheckMenu
from bootmirror.kinds.grub_saved_entry import RenameSavedEntry

TRUE = ("/usr/bin/true", "/bin/true")
OS_PROBER = in_copy("/usr/bin/os-prober")


@dataclass(frozen=True)
class HoldBack:
    """Let a program of the copy do nothing, where it is installed."""

    path: str

    def describe(self) -> str:
        return f"mount --bind {TRUE[0]} {self.path}, where that is"

    def perform(self, host: Host, report: Report) -> None:
        # A link would lead to the running system's.
        if not host.exists(self.path) or host.link(self.path):
            return
        true = next((path for path in TRUE if host.exists(path)), TRUE[0])
        Mount(true, self.path, ("--bind",)).perform(host, report)


def update_menu_in_copy(boot: Boot) -> tuple[Action, ...]:
    """Written, and looked through."""
    return (
        UnmountAll(OS_PROBER),  # of a try that was killed
        HoldBack(OS_PROBER),
        in_chroot("update-grub"),
        UnmountAll(OS_PROBER),
        CheckMenu(TARGET + MENU, boot),
        RenameSavedEntry(boot),
    )
