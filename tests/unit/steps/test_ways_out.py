"""Nothing that belongs in the copy is written elsewhere, and nothing else over it."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import TARGET
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.steps.check import NoWayOut
from bootmirror.steps.copying import Copy
from bootmirror.steps.file_flags import KeepFlags
from bootmirror.steps.own_files import mounts_below, written_paths
from tests.unit.steps.machines import actions, planned
from tests.unit.steps.test_copying import Quiet


def test_what_lies_hidden_below_a_mount_point_does_not_go_over_what_is_mounted_there() -> None:
    final = actions("grub-bios", "final-copy")
    root = next(a for a in final if isinstance(a, Copy) and a.shown == "/")
    assert "--exclude=/boot/*" in root.argv()
    flags = next(a for a in final if isinstance(a, KeepFlags) and a.target.rstrip("/") == TARGET)
    assert any(fnmatch.fnmatchcase("/boot/grub/grub.cfg", p) for p in flags.excluded)
    boot = next(a for a in final if isinstance(a, Copy) and a.shown == "/boot")
    assert "/boot/*" not in boot.excludes


def test_the_first_copy_puts_it_in_its_place() -> None:
    first = actions("grub-bios", "copy-system")
    mounts = [i for i, a in enumerate(first) if isinstance(a, Mount) and TARGET in a.target]
    assert first.index(UnmountAll(TARGET)) < min(mounts)


def test_mount_points_are_no_patterns() -> None:
    plan = planned("grub-bios")
    odd = tuple(replace(f, mountpoint="/srv/[x]*" if f.mountpoint == "/boot" else f.mountpoint)
                for f in plan.filesystems)
    below = mounts_below(replace(plan, filesystems=odd), "/")
    assert "/srv/[[]x][*]/*" in below


def test_an_absolute_link_on_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data/lib").mkdir(parents=True)
    (tmp_path / "var").symlink_to(tmp_path / "data")
    with pytest.raises(Refused, match="would lead out of it") as refused:
        NoWayOut((f"{tmp_path}/var/lib/bootmirror",)).perform(Host(), Quiet())
    assert "--relative" in refused.value.hint


def test_a_relative_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "data/lib").mkdir(parents=True)
    (tmp_path / "var").symlink_to("data")
    NoWayOut((f"{tmp_path}/var/lib/bootmirror",)).perform(Host(), Quiet())


def test_the_check_looks_at_all_that_is_written() -> None:
    check = next(a for a in actions("grub-bios", "check") if isinstance(a, NoWayOut))
    assert check.paths == written_paths(planned("grub-bios"))
    assert {"/etc/fstab", "/etc/mdadm/mdadm.conf"} <= set(check.paths)
