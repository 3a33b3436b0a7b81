"""A plan, and then a machine that is not as it was: each apply is refused, with the difference.

Each change is taken back again; at the end the mirror is as blank as before, nothing under way.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from bootmirror.engine.state import State
from tests.lab.guest.no_luck import FSTAB, REFUSED, SERIALS, spawn, told
from tests.lab.guest.results import disk_with, run

PLAN = "/run/plan.json"
MIB = 1 << 20
Change = Callable[[], AbstractContextManager[None]]


def source() -> str:
    return f"/dev/{disk_with(SERIALS['source'])}"


def mirror() -> str:
    return f"/dev/{disk_with(SERIALS['mirror'])}"


@contextlib.contextmanager
def fstab_edited() -> Iterator[None]:
    text = FSTAB.read_text()
    FSTAB.write_text(f"{text}tmpfs /srv/more tmpfs noauto 0 0\n")
    yield
    FSTAB.write_text(text)


@contextlib.contextmanager
def partition_added() -> Iterator[None]:
    run("sfdisk", "--quiet", "--append", "--no-reread", "--force", source(), stdin="size=4MiB\n")
    run("partx", "--update", source())
    yield
    run("sfdisk", "--quiet", "--delete", "--no-reread", "--force", source(), "4")
    run("partx", "--delete", "--nr", "4", source())


@contextlib.contextmanager
def type_changed() -> Iterator[None]:
    run("sfdisk", "--quiet", "--part-type", "--no-reread", "--force", source(), "3", "83")
    run("udevadm", "settle")
    yield
    run("sfdisk", "--quiet", "--part-type", "--no-reread", "--force", source(), "3", "82")
    run("udevadm", "settle")


@contextlib.contextmanager
def mirror_partitioned() -> Iterator[None]:
    run("sfdisk", "--quiet", mirror(), stdin="label: dos\nsize=32MiB\n")
    run("udevadm", "settle")
    yield
    run("wipefs", "--all", mirror())
    run("blockdev", "--rereadpt", mirror())
    with Path(mirror()).open("r+b") as disk:
        disk.write(bytes(MIB))
    run("udevadm", "settle")


@contextlib.contextmanager
def mirror_in_use() -> Iterator[None]:
    run("mkfs.ext4", "-q", mirror())
    run("mount", mirror(), "/tmp")
    yield
    run("umount", "/tmp")
    run("dd", "if=/dev/zero", f"of={mirror()}", "bs=1M", "status=none", ok=(1,))  # to its end
    run("udevadm", "trigger", "--settle", "--action=change", mirror())


@contextlib.contextmanager
def mounted_once_more() -> Iterator[None]:
    place = Path("/tmp/once-more")
    place.mkdir(exist_ok=True)
    run("mount", f"{source()}1", str(place))
    yield
    run("umount", str(place))


@contextlib.contextmanager
def rsync_removed() -> Iterator[None]:
    here = Path("/usr/bin/rsync")
    kept = here.with_name("rsync.away")
    here.rename(kept)
    yield
    kept.rename(here)


# What changes, and a word of the refusal.
CHANGES: dict[str, tuple[Change, str]] = {
    "/etc/fstab edited": (fstab_edited, "/etc/fstab was edited"),
    "a partition added": (partition_added, "sda4"),
    "a partition's type changed": (type_changed, "source.partition 3 was"),
    "the mirror partitioned": (mirror_partitioned, "mirror.table was none"),
    "the mirror in use": (mirror_in_use, "mounted"),
    "a file system mounted once more": (mounted_once_more, "source.mount 1 was /boot"),
    "rsync removed": (rsync_removed, "rsync"),
}


def tried(name: str, change: Change, word: str) -> list[str]:
    with change():
        _, code, said = told(("apply", PLAN, "--erase", SERIALS["mirror"]))
    print(f"refused {name}: {code} {said.strip()}", flush=True)
    if code != REFUSED or word not in said:
        return [f"{name}: apply ends with {code}: {said}"]
    return []


def content(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    os.umask(0o077)
    made = spawn("plan", "--source", source(), "--mirror", mirror(), "--out", PLAN)
    said = made.communicate()[1].decode()
    lost = [f"no plan: {said}"] if made.returncode else []
    blank, text = content(mirror()), FSTAB.read_text()
    for name, (change, word) in CHANGES.items():
        lost += tried(name, change, word)
    if content(mirror()) != blank:
        lost.append("the mirror was written to")
    if FSTAB.read_text() != text or State().journal.exists():
        lost.append("a refused apply left something behind")
    print(f"lost {json.dumps(lost)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
