"""The boot loaders bootmirror can install, by the names machine.system gives them."""

from __future__ import annotations

from bootmirror.kinds.boot_loader import BootLoaderKind
from bootmirror.kinds.grub_bios import GrubBios
from bootmirror.kinds.grub_efi import GrubEfi
from bootmirror.kinds.lilo import Lilo

BOOT_LOADERS: dict[str, BootLoaderKind] = {
    "grub-bios": GrubBios(),
    "grub-efi": GrubEfi(),
    "lilo": Lilo(),
}
