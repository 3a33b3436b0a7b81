"""The tools that build an initramfs, by the names machine.system gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from bootmirror.actions.action import Action
from bootmirror.formats.complaint import Complaint
from bootmirror.kinds.dracut import Dracut
from bootmirror.kinds.initramfs_tools import InitramfsTools
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine


class InitramfsKind(Protocol):
    """One tool."""

    @property
    def programs(self) -> tuple[str, ...]:
        """What must be installed."""
        ...

    @property
    def settings_path(self) -> str:
        """The settings file bootmirror writes."""
        ...

    @property
    def user_settings(self) -> tuple[str, ...]:
        """What else it reads, files and directories of the user's."""
        ...

    @property
    def purpose(self) -> str:
        """What that file is for, in a few words."""
        ...

    @property
    def generated(self) -> tuple[str, ...]:
        """What a build writes in the copy (rsync patterns)."""
        ...

    @property
    def not_built(self) -> str:
        """Where to look when a build left the old image as it was."""
        ...

    @property
    def first_boot_words(self) -> tuple[str, ...]:
        """What makes an image that finds no root reboot instead of waiting for a person."""
        ...

    def refusals(self, machine: Machine) -> Iterator[Refusal]:
        """Why it would build no image that finds the arrays."""
        ...

    def settings(self, drivers: Sequence[str]) -> str:
        """``settings_path``'s text for a root on RAID-1 whose file systems need these modules, and
        that waits for no swap area at boot."""
        ...

    def lint(self, text: str) -> tuple[Complaint, ...]:
        """What is wrong with the user's ``settings_path``."""
        ...

    def kernel_words(self, arrays: Sequence[str]) -> tuple[str, ...]:
        """What must stand on the kernel's command line for these arrays (md UUIDs) to start."""
        ...

    def build(self, kernels: Sequence[str]) -> list[list[str]]:
        """The commands that build it in the copy for these kernel releases."""
        ...

    def rebuild(self, kernels: Sequence[str]) -> tuple[Action, ...]:
        """Build it on the running system, which boots from the old ones at every instant."""
        ...

    def image(self, kernel: str) -> str:
        """Where the image for a kernel release lies, below the root."""
        ...

    def looks_for(self, name: str) -> bool:
        """Whether a file of an image, by its name in it, says how the system comes up."""
        ...

    def resume(self, files: Mapping[str, str]) -> tuple[str, ...]:
        """The devices an image with these files would look for a hibernated system on."""
        ...

    def listing(self, image: str) -> list[str]:
        """The command that lists what is in an image."""
        ...

    def missing(self, listing: str, volumes: bool) -> tuple[str, ...]:
        """What a root on RAID-1 needs and this listing lacks; empty is good. ``volumes``: the root
        is a logical volume there."""
        ...


INITRAMFS: dict[str, InitramfsKind] = {
    "initramfs-tools": InitramfsTools(),
    "dracut": Dracut(),
}
