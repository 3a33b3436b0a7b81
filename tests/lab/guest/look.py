"""Hands back the facts, and every file of the system that differs from its copy on the arrays."""

from __future__ import annotations

import os
import sys
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from bootmirror.host.host import Host
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Array
from bootmirror.records import to_plain
from tests.lab.guest.differences import WRITTEN
from tests.lab.guest.results import hand_back, run
from tests.lab.guest.steps import PLAN, the_plan
from tests.vm import manifest_script
from tests.vm.manifest import Manifest, compare


def on_array(mount: str) -> str:
    """The array, or the volume on one, with that file system of the plan."""
    plan = the_plan()
    uuid = next(f.uuid for f in plan.filesystems if f.mountpoint == mount)
    return run("blkid", "--cache-file", "/dev/null", "--uuid", uuid).strip()


def called(array: Array) -> str:
    """An array by what it is for ("root", "boot"), as far as the plan knows it."""
    held = {a.uuid: a.holds for a in the_plan().arrays} if PLAN.exists() else {}
    return {"/": "root"}.get(held.get(array.uuid, ""), held.get(array.uuid, array.name).strip("/"))


def copies() -> dict[str, Any]:
    """The system compared with its copy, file by file."""
    before, after = [], []
    pool = ThreadPool(1)
    for mount, label in (("/", "root"), ("/boot", "boot")):
        place = Path(f"/run/copy-{label}")
        place.mkdir(exist_ok=True)
        run("mount", on_array(mount), str(place))
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
    run("mount", on_array("/"), str(place))
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
            called(array): {**to_plain(array), "picture": array.picture}
            for array in machine.arrays
        },
        "mounts": {mount.target: mount.source for mount in machine.mounts},
    }
    if "copy" in words:
        found["copy"] = copies()
        found["texts"] = texts()
    hand_back(found)


main(*sys.argv[1:])
