"""The same with UEFI: good disks are proved, one without a loader on its ESP is found out."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.vm import rehearsed
from tests.vm.cache import cache_directory
from tests.vm.rehearsals import rehearse, rehearse_first_boot, require_verdict
from tests.vm.scenarios.debian12_uefi_gpt import SPEC
from tests.vm.superblocks import partitions
from tests.vm.uefi import as_installed


def empty_esp(image: Path) -> None:
    """A new, empty file system on the EFI system partition, made apart: mkfs.vfat takes the size
    of what it is given for that of the file system."""
    start, size = partitions(image)[0]
    with tempfile.NamedTemporaryFile(dir=image.parent) as apart:
        apart.truncate(size)
        subprocess.run(["mkfs.vfat", apart.name], check=True, stdout=subprocess.DEVNULL)
        with image.open("r+b") as disk:
            disk.seek(start)
            shutil.copyfileobj(apart, disk)


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    place = Path(tempfile.mkdtemp(prefix="rehearse-", dir=cache_directory("vm")))
    try:
        first, done = rehearsed.converted(SPEC, place, as_installed)
        require_verdict(rehearse_first_boot(first, uefi=True), "proved", "with its root on md")
        require_verdict(rehearse(done.mirror), "proved", "with its root on md")
        copy = rehearsed.copy_of(done.mirror, empty_esp)
        require_verdict(rehearse(copy, title="an empty ESP"), "failed", "no boot loader")
    finally:
        shutil.rmtree(place)
    return "proved with UEFI: the first boot, and a disk alone; an empty ESP found out"
