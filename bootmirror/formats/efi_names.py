"""What UEFI, GRUB and Debian's packages call an architecture (UEFI specification 2.10, 3.5.1.1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EfiNames:
    """The names of one architecture."""

    format: str  # GRUB's, of its images and of its directories with modules
    suffix: str  # of boot loaders on an EFI system partition: grubx64.efi
    package: str  # Debian's, of GRUB


EFI_NAMES = {
    "x86_64": EfiNames("x86_64-efi", "x64", "grub-efi-amd64"),
    "aarch64": EfiNames("arm64-efi", "aa64", "grub-efi-arm64"),
}


def efi_names(architecture: str) -> EfiNames:
    """Of an architecture as uname says it; a PC's for one that is not known."""
    return EFI_NAMES.get(architecture, EFI_NAMES["x86_64"])
