"""The boot loaders bootmirror can install, by the names machine.system gives them."""

from __future__ import annotations

from typing import Protocol

from bootmirror.kinds.grub_bios import GrubBios
from bootmirror.machine.model import Machine


class BootLoaderKind(Protocol):
    """One boot loader."""

    @property
    def programs(self) -> tuple[str, ...]:
        """What must be installed."""
        ...

    @property
    def settings_path(self) -> str:
        """Its settings file."""
        ...

    @property
    def entry_path(self) -> str:
        """The file on the source disk that holds the one-shot first-boot entry."""
        ...

    @property
    def menu_path(self) -> str:
        """The menu its ``update`` writes."""
        ...

    @property
    def generated(self) -> tuple[str, ...]:
        """What its installation writes in the copy (rsync patterns)."""
        ...

    def settings(self, current: str) -> str:
        """Its settings file with only that changed which must change for a root on an array."""
        ...

    def first_boot_entry(
        self, machine: Machine, *, boot_uuid: str, boot_is_separate: bool, root_uuid: str
    ) -> str:
        """The text of ``entry_path`` with the one-shot entry in it."""
        ...

    def without_entry(self, current: str) -> str | None:
        """``entry_path``'s text without the one-shot entry; None when nothing is left."""
        ...

    def prepare(self, disk: str) -> list[str]:
        """The command that puts its files into the system that runs it, no boot sector written."""
        ...

    def install(self, disk: str) -> list[str]:
        """The command that installs it on a disk, run in the system it shall boot."""
        ...

    def update(self) -> list[str]:
        """The command that writes its menu anew."""
        ...

    def arm(self) -> list[str]:
        """The command that makes the next boot, and only that, take the first-boot entry."""
        ...

    def disarm(self) -> list[str]:
        """The command that takes that back, and what ``stay`` did."""
        ...

    def stay(self, boot: str) -> list[str]:
        """The command that makes every boot from the old disk go on to the mirror; ``boot`` is
        where the old disk's /boot is mounted."""
        ...


BOOT_LOADERS: dict[str, BootLoaderKind] = {
    "grub-bios": GrubBios(),
}
