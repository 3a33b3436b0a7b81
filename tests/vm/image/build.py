"""The base image ``debian12-bios-grub``: built once, kept by the checksum of its inputs."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.vm.cache import cache_directory
from tests.vm.image import geometry
from tests.vm.image.tree import HERE, build_tree, lay_out, textual_requirement
from tests.vm.keys import public_key
from tests.vm.machine import DiskImage, Machine
from tests.vm.progress import phase, say

NAME = "debian12-bios-grub"
_TREE_INPUTS = ("packages.py", "customize.sh", "geometry.py")
_DISK_INPUTS = ("layout.sh", "first_boot.sh", "odd_files.py")


def _key(inputs: Sequence[str]) -> str:
    digest = hashlib.sha256((textual_requirement() + public_key()).encode())
    for name in inputs:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _forget_others(directory: Path, pattern: str, keep: Path) -> None:
    """Images of older inputs are large and of no use."""
    for old in directory.glob(pattern):
        if old != keep:
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def _tree(directory: Path) -> Path:
    tar = directory / f"{NAME}-{_key(_TREE_INPUTS)}.tar"
    if not tar.exists():
        with phase("installing Debian 12 into a directory (once; 2 minutes)"):
            part = tar.with_suffix(".part")
            build_tree(part)
            part.rename(tar)
        _forget_others(directory, f"{NAME}-{'?' * 16}.tar", tar)
    return tar


def _first_boot(disk: DiskImage, directory: Path) -> None:
    """Boot the new disk by kernel and initramfs from outside and let it finish itself."""
    with Machine() as machine:
        machine.start(
            [disk],
            extra=[
                "-kernel", str(directory / "vmlinuz"), "-initrd", str(directory / "initrd.img"),
                "-append", f"root=UUID={geometry.ROOT_UUID} ro console=ttyS0,115200",
            ],
        )
        machine.wait_up()
        say("the machine answers over SSH")
        odd = (HERE / "odd_files.py").read_bytes()
        script = (HERE / "first_boot.sh").read_bytes()
        machine.ssh.run("sh", "-c", "cat > /run/odd_files.py", stdin=odd)
        machine.ssh.run("sh", "-c", "cat > /run/first_boot.sh", stdin=script)
        if machine.ssh.stream("sh", "/run/first_boot.sh", disk.serial) != 0:
            raise RuntimeError("the practice machine could not finish its own installation")
        machine.shut_down()


def base_disk() -> DiskImage:
    """The base image's disk, built when it is not in the cache. Never write to it: overlay it."""
    directory = cache_directory("vm")
    built = directory / f"{NAME}-{_key((*_TREE_INPUTS, *_DISK_INPUTS))}"
    if not built.exists():
        tar = _tree(directory)
        with tempfile.TemporaryDirectory(prefix="disk-", dir=directory) as name:
            work = Path(name) / "built"
            work.mkdir()
            disk = DiskImage(geometry.SOURCE_SERIAL, work / "disk.img")
            with phase("laying it out on a disk image (once; 10 seconds)"):
                lay_out(tar, work)
            with phase("its first boot: initramfs, boot loader, odd files (once; 3 minutes)"):
                _first_boot(disk, work)
            work.rename(built)
        _forget_others(directory, f"{NAME}-{'?' * 16}", built)
    return DiskImage(geometry.SOURCE_SERIAL, built / "disk.img")
