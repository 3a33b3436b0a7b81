"""The mirror's GRUB for the first boot: it must read a configuration of ours, and never wait.

The signed GRUB reads the file beside it. An unsigned one has a search for /boot built in, and ends
at a prompt when that fails: so it is made anew here, to read the file too; grub-install replaces
it when the first boot is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.formats.efi_names import EFI_NAMES
from bootmirror.host.host import Host
from bootmirror.kinds.grub_entry import ENTRY_ID

# What the configuration needs, on any disk it may meet.
BUILT_IN = (
    "part_gpt", "part_msdos", "fat", "ext2", "xfs", "diskfilter", "mdraid09", "mdraid1x", "lvm",
    "normal", "configfile", "search", "search_fs_uuid", "linux", "test", "echo", "loadenv",
    "reboot", "sleep", "all_video", "gzio", "true",
)
SIGNED = Path("/usr/lib/grub")  # in FORMAT-signed below it are the images as they were signed


def stub(entry: str) -> str:
    """The configuration beside GRUB: the entry, taken at once; what follows it restarts.

    The entry's own block names the first entry of the menu as the one to fall back to.
    """
    return (
        "# Written by bootmirror for the first boot from the mirror.\n"
        "menuentry 'Restart: back to the old disk' --id bootmirror-back --unrestricted {\n"
        "  reboot\n"
        "}\n"
        f"{entry}"
        f"set default={ENTRY_ID}\n"
        "set timeout=1\n"
    )


@dataclass(frozen=True)
class FirstBootImage:
    """Make GRUB's image read the file beside it, where it does not by itself."""

    directory: str  # that holds it
    prefix: str  # the same, as GRUB names it
    architecture: str  # as uname says it

    def describe(self) -> str:
        return (f"grub-mkimage --prefix {self.prefix} over the GRUB in {self.directory}, unless "
                "it is a signed one")

    def perform(self, host: Host, report: Report) -> None:
        images = sorted(Path(self.directory).glob("grub*.efi"))
        # A shim beside it tells nothing: it may be left of an earlier installation.
        if images and any(host.alike(images[0], signed)
                          for signed in SIGNED.glob("*-signed/grub*.signed")):
            report.note("the signed GRUB reads the configuration beside it")
            return
        if not images or self.architecture not in EFI_NAMES:
            raise StepFailed(f"There is no GRUB in {self.directory} that can be made anew.",
                             "Look at what grub-install said.")
        host.run(["grub-mkimage", "--format", EFI_NAMES[self.architecture].format, "--prefix",
                  self.prefix, "--output", str(images[0]), *BUILT_IN])
