"""What every boot loader must be able to do in a conversion.

The methods follow the recipe's order. Until the machine has run from the mirror, the old disk must
boot whatever happens: nothing is written on it but the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from bootmirror.actions.action import Action
from bootmirror.formats.complaint import Complaint
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Entry, Setting, Started
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Machine


class BootLoaderKind(Protocol):
    """One boot loader."""

    @property
    def programs(self) -> tuple[str, ...]:
        """What must be installed."""
        ...

    @property
    def metadata(self) -> str:
        """md's metadata version for the array with /boot."""
        ...

    @property
    def mirror_first(self) -> bool:
        """Whether the mirror must be raid-disk 0 of the array with /boot."""
        ...

    @property
    def warning(self) -> str:
        """What a person should know before choosing to convert with it; "" for nothing."""
        ...

    @property
    def held_back(self) -> tuple[str, ...]:
        """Programs that hooks of the initramfs tool run and that must do nothing in the copy."""
        ...

    @property
    def generated(self) -> tuple[str, ...]:
        """What its installation writes in the copy (rsync patterns)."""
        ...

    @property
    def user_settings(self) -> tuple[str, ...]:
        """What its programs read beside ``settings``, files and directories of the user's."""
        ...

    @property
    def record_kind(self) -> str:
        """What libblkid takes its record at the start of the array with /boot for; "" where it
        writes none there."""
        ...

    def refusals(self, machine: Machine, source: Disk) -> Iterator[Refusal]:
        """Why it cannot be installed on two disks alike."""
        ...

    def settings(self, machine: Machine, boot: Boot) -> tuple[Setting, ...]:
        """Its settings files with only that changed which must change for a root on an array."""
        ...

    def lint(self, path: str, text: str, boot: Boot) -> tuple[Complaint, ...]:
        """What is wrong with one of them as the user left it."""
        ...

    def entry(self, machine: Machine, boot: Boot, source: Disk) -> Entry:
        """The one-shot first boot."""
        ...

    def into_copy(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        """Its files and its menu into the mounted copy, nothing that a firmware would start."""
        ...

    def write_entry(self, boot: Boot, entry: Entry, mirror: Disk) -> tuple[Action, ...]:
        """The entry into its place, not chosen yet."""
        ...

    def remove_entry(self, boot: Boot) -> tuple[Action, ...]:
        """The entry out of its place again."""
        ...

    def arm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        """Make the next boot, and only that, take the entry."""
        ...

    def disarm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        """Take that back, and what ``stay`` did."""
        ...

    def explain(self, host: Host, boot: Boot, mirror: Disk, lost: bool) -> str:
        """Why the first boot did not come up; ``lost``: superblocks are gone from the mirror."""
        ...

    def mirror_ran(self, host: Host) -> bool:
        """On the old system: whether the mirror ran the machine since, so that ``stay`` was done
        on this disk and not taken back."""
        ...

    def stay(self, boot: Boot, source: Disk, old_boot: str) -> tuple[Action, ...]:
        """Make every boot from the old disk go on to the mirror; ``old_boot`` is where the old
        disk's /boot is mounted."""
        ...

    def release(self, boot: Boot) -> tuple[Action, ...]:
        """Stop using whatever of the old disk it may have mounted."""
        ...

    def take_over(self, boot: Boot, source: Disk) -> tuple[Action, ...]:
        """Before the old system goes: make the old disk boot the mirror without it, where the
        loader can."""
        ...

    def install(self, boot: Boot, disk: Disk) -> tuple[Action, ...]:
        """Make a disk boot the running system, which is the mirror's."""
        ...

    def update(self) -> tuple[Action, ...]:
        """Write its menu anew."""
        ...

    def tell_package_meanwhile(self, disks: Sequence[Disk]) -> tuple[Action, ...]:
        """Until both are told: have the package's own updates install on these disks alone. Each of
        them boots with the modules that an update replaces, and no other does."""
        ...

    def tell_package(self, boot: Boot, disks: Sequence[Disk]) -> tuple[Action, ...]:
        """Have the package's own updates install on both disks."""
        ...

    def checks(self, host: Host, boot: Boot, machine: Machine, disks: Sequence[Disk]
               ) -> Iterator[Check]:
        """What must hold for each of these disks to boot alone: both, or the one that is left."""
        ...

    def started(self, host: Host, boot: Boot) -> tuple[Started, ...]:
        """What the running system's own menu starts with the array's root, each kernel once."""
        ...
