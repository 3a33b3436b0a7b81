"""Three ways in which a UEFI machine's first boot from the mirror fails; it helps itself each time.

BootNext is spent by the first try, whatever comes of it, and the order begins with the old disk.
"""

from __future__ import annotations

from pathlib import Path

from tests.vm.image.spec import BOOT, ESP_PART, ROOT, SWAP_PART, Spec
from tests.vm.practice import practice_machine
from tests.vm.scenarios.first_boot_fails import Way, all_superblocks, broken_init, fail_in
from tests.vm.superblocks import partitions
from tests.vm.uefi import as_installed

SPEC = Spec("debian12-uefi-gpt", table="gpt", boot="grub-efi-signed",
            parts=(ESP_PART, BOOT, ROOT, SWAP_PART))
HEAD = 1 << 20  # bytes: the file system's own, and its table of files


def _no_esp(image: Path) -> None:
    start, _ = partitions(image)[0]
    with image.open("r+b") as file:
        file.seek(start)
        file.write(bytes(HEAD))


WAYS = (
    Way("the EFI system partition destroyed: the firmware starts nothing from it", _no_esp),
    Way("every superblock destroyed: GRUB finds no array", all_superblocks),
    Way("the copy's init broken: the kernel panics", broken_init),
)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine(SPEC) as practice:
        as_installed(practice)
        return fail_in(WAYS, practice)
