"""Replaces a file on XFS, and looks as a boot loader does: at the disk, without the log."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bootmirror.host.checkpoint import checkpoint
from bootmirror.host.in_place import replace_file
from bootmirror.host.take_place import sync_directory
from tests.lab.guest.results import hand_back, run, write

DISK = "/dev/sda"
HERE, AS_READ = Path("/run/xfs"), Path("/run/as-read")


def as_a_boot_loader_reads() -> dict[str, str]:
    """Every file's content by its path."""
    loop = run("losetup", "--find", "--show", "--read-only", "--direct-io=on", DISK).strip()
    run("mount", "-o", "ro,norecovery,nouuid", loop, str(AS_READ))
    try:
        return {str(file.relative_to(AS_READ)): file.read_text()
                for file in sorted(AS_READ.rglob("*")) if file.is_file()}
    finally:
        run("umount", str(AS_READ))
        run("losetup", "--detach", loop)


def flushed(file: Path, text: str) -> None:
    with file.open("w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    sync_directory(file.parent)


def main() -> None:
    """Entry."""
    run("modprobe", "--dirname", "/run/kmod", "loop")
    run("mkfs.xfs", "-q", "-f", DISK)
    # The first wait ends with a round: for the next ten seconds nothing is written back.
    write("/proc/sys/fs/xfs/xfssyncd_centisecs", "1000")
    HERE.mkdir()
    AS_READ.mkdir()
    run("mount", DISK, str(HERE))
    menu = HERE / "grub/grub.cfg"
    menu.parent.mkdir()
    flushed(menu, "old")
    told = [checkpoint(menu.parent)]
    first = as_a_boot_loader_reads()
    flushed(HERE / "grub/new", "new")
    (HERE / "grub/new").replace(menu)
    os.sync()
    without = as_a_boot_loader_reads()
    flushed(HERE / "grub/new", "newest")
    began = time.monotonic()
    replace_file(HERE / "grub/new", menu)
    took = time.monotonic() - began
    told.append(checkpoint(HERE))  # nothing has changed since
    hand_back({"told": told, "first": first, "without": without, "took": took,
               "with": as_a_boot_loader_reads()})


if __name__ == "__main__":
    main()
