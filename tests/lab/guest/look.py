"""Hands back the facts, and every file of the system that differs from its copy on the arrays."""

from __future__ import annotations

import os
import sys
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.records import to_plain
from tests.lab.guest.differences import WRITTEN
from tests.lab.guest.results import hand_back, run
from tests.vm import manifest_script
from tests.vm.manifest import Manifest, compare

NEW_GROUP = "/dev/mapper/vg0_mirror-"


def on_array(label: str) -> str:
    """The array, or the volume on one, with the file system of that label."""
    found = run("blkid", "--cache-file", "/dev/null", "--output", "device",
                "--match-token", f"LABEL={label}").split()
    return next(device for device in found if device.startswith(("/dev/md", NEW_GROUP)))


def copies() -> dict[str, Any]:
    """The system compared with its copy, file by file."""
    before, after = [], []
    pool = ThreadPool(1)
    for mount, label in (("/", "root"), ("/boot", "boot")):
        place = Path(f"/run/copy-{label}")
        place.mkdir(exist_ok=True)
        run("mount", on_array(label), str(place))
        before += list(manifest_script.manifest(mount, f"/run/manifest/{label}-before", pool))
        after += [
            {**record, "mount": mount}
            for record in manifest_script.manifest(
                str(place), f"/run/manifest/{label}-after", pool)
        ]
        run("umount", f"/run/manifest/{label}-after", str(place))
    pool.close()
    result = compare(Manifest(before), Manifest(after), WRITTEN)
    return {"compared": result.compared, "differing": result.differing,
            "excepted": result.excepted}


def texts() -> dict[str, str]:
    """Configuration files of the copy."""
    place = Path("/run/copy-root")
    place.mkdir(exist_ok=True)
    run("mount", on_array("root"), str(place))
    names = ("etc/fstab", "etc/mdadm/mdadm.conf", "etc/raidtab")
    found = {name: (place / name).read_text() for name in names if (place / name).exists()}
    run("umount", str(place))
    return found


def main(*words: str) -> None:
    os.sync()
    machine = inspect(Host())
    found: dict[str, Any] = {
        "disks": {disk.name: to_plain(disk) for disk in machine.disks},
        "arrays": {
            array.content.label if array.content else array.name: {
                **to_plain(array), "picture": array.picture}
            for array in machine.arrays
        },
        "mounts": {mount.target: mount.source for mount in machine.mounts},
    }
    if "copy" in words:
        found["copy"] = copies()
        found["texts"] = texts()
    hand_back(found)


main(*sys.argv[1:])
