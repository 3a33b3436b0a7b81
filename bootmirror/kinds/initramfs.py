"""The tools that build an initramfs, by the names machine.system gives them."""

from __future__ import annotations

from typing import Protocol

from bootmirror.kinds.initramfs_tools import InitramfsTools


class InitramfsKind(Protocol):
    """One tool."""

    @property
    def programs(self) -> tuple[str, ...]:
        """What must be installed."""
        ...

    @property
    def resume_path(self) -> str:
        """The file that says where a hibernated system lies."""
        ...

    @property
    def generated(self) -> tuple[str, ...]:
        """What a build writes in the copy (rsync patterns)."""
        ...

    def resume_settings(self) -> str:
        """``resume_path``'s text for a machine that does not wait for a swap area at boot."""
        ...

    def build(self) -> list[str]:
        """The command that builds it for every installed kernel."""
        ...

    def image(self, kernel: str) -> str:
        """Where the image for a kernel release lies, below the root."""
        ...

    def listing(self, image: str) -> list[str]:
        """The command that lists what is in an image."""
        ...

    def missing(self, listing: str) -> tuple[str, ...]:
        """What a root on RAID-1 needs and this listing lacks; empty is good."""
        ...


INITRAMFS: dict[str, InitramfsKind] = {
    "initramfs-tools": InitramfsTools(),
}
