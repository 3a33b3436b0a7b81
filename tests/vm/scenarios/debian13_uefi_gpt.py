"""Debian 13 on a UEFI machine with GPT and an unsigned GRUB; by the full screen."""

from __future__ import annotations

from tests.vm.convert import convert_by_screen
from tests.vm.image.spec import BOOT, ESP_PART, ROOT, SWAP_PART, Spec
from tests.vm.uefi import as_installed

SPEC = Spec("debian13-uefi-gpt", suite="trixie", table="gpt", boot="grub-efi",
            parts=(ESP_PART, BOOT, ROOT, SWAP_PART))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError, ScreenError."""
    return convert_by_screen(SPEC, before=as_installed)
