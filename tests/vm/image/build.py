"""The machines' disks: built once from their descriptions, kept by the checksum of their inputs.

Machines with the same packages share one tree.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.vm.cache import cache_directory
from tests.vm.image.install import HERE, install
from tests.vm.image.packages import packages
from tests.vm.image.spec import SOURCE_SERIAL, Spec
from tests.vm.image.tree import build_tree, textual_requirement
from tests.vm.keys import public_key
from tests.vm.machine import DiskImage
from tests.vm.progress import phase

_TREE_INPUTS = ("packages.py", "customize.sh")
_DISK_INPUTS = ("spec.py", "naming.py", "table.py", "install.py", "installer.py", "odd_files.py")


def _key(inputs: Sequence[str], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for name in inputs:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _forget_others(directory: Path, pattern: str, keep: Path) -> None:
    """Images of older inputs are large and of no use."""
    for old in directory.glob(pattern):
        if old != keep:
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def _tree(spec: Spec, directory: Path) -> Path:
    wanted = packages(spec)
    family = f"tree-{spec.suite}-{_key((), *wanted)}"
    tar = directory / f"{family}-{_key(_TREE_INPUTS, textual_requirement(), public_key())}.tar"
    if not tar.exists():
        with phase(f"installing Debian {spec.suite} into a directory (once; 2 minutes)"):
            part = tar.with_suffix(".part")
            build_tree(spec.suite, wanted, part)
            part.rename(tar)
        _forget_others(directory, f"{family}-{'?' * 16}.tar", tar)
    return tar


def base_disk(spec: Spec) -> DiskImage:
    """A machine's disk, built when it is not in the cache. Never write to it: overlay it."""
    directory = cache_directory("vm")
    tree = _tree(spec, directory)
    built = directory / f"{spec.name}-{_key(_DISK_INPUTS, tree.name, repr(spec))}"
    if not built.exists():
        with tempfile.TemporaryDirectory(prefix="disk-", dir=directory) as name:
            work = Path(name) / "built"
            with phase(f"installing {spec.name} on a disk image (once; a minute)"):
                install(spec, tree, work)
            kept = Path(name) / "kept"
            kept.mkdir()
            shutil.move(work / "disk.img", kept / "disk.img")
            kept.rename(built)
        _forget_others(directory, f"{spec.name}-{'?' * 16}", built)
    return DiskImage(SOURCE_SERIAL, built / "disk.img")
