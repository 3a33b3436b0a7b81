"""A mount point under which something else lies by now: the copy would be made of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import Machine, Mount
from bootmirror.plan.preflight import source_refusals
from tests.unit.plan.test_layouts import MACHINE
from tests.unit.plan.test_lvm import HOME, machine_with_volumes

SOURCE = "PM-0001-A"
AUTOFS = Mount("/boot", "systemd-1", "autofs", "rw,direct", "0:40")
NFS = Mount("/boot", "nas:/boot", "nfs4", "rw", "0:41")
BOOT = next(m for m in MACHINE.mounts if m.target == "/boot")


def with_mounts(*mounts: Mount, machine: Machine = MACHINE) -> Machine:
    """The machine with its /boot mounted as these say, in this order."""
    others = tuple(m for m in machine.mounts if m.target != "/boot")
    return replace(machine, mounts=(*others, *mounts))


@pytest.mark.parametrize("over", [
    NFS, AUTOFS, Mount("/boot", "tmpfs", "tmpfs", "rw"), Mount("/boot", "overlay", "overlay", "rw"),
    replace(BOOT, fsroot="/grub"),
])
def test_what_is_mounted_over_a_file_system_is_refused(over: Mount) -> None:
    (found,) = source_refusals(with_mounts(BOOT, over), SOURCE)
    assert found.code == "covered"
    assert found.message == (f"/boot of sdb1 is covered by {over.source} ({over.fstype}): the copy "
                             "would hold that in its place.")
    assert found.hint == "Unmount that (umount /boot), then plan again."


def _deep(*over: Mount) -> Machine:
    """/boot lies at /srv/boot data, as far as mounts go."""
    return with_mounts(*(replace(BOOT, target="/srv/boot data") if m is BOOT else m for m in over))


def test_what_is_mounted_over_a_directory_above_is_refused() -> None:
    above = replace(NFS, target="/srv")
    (found,) = source_refusals(_deep(BOOT, above), SOURCE)
    assert found.code == "covered" and "(nfs4) on /srv: the copy" in found.message
    assert "umount /srv" in found.hint
    assert source_refusals(_deep(above, BOOT), SOURCE) == ()
    assert source_refusals(_deep(BOOT, above, BOOT), SOURCE) == ()  # mount --rbind /srv /srv
    assert source_refusals(_deep(BOOT, replace(above, target="/srv/boot")), SOURCE) == ()


@pytest.mark.parametrize("mounts", [
    (AUTOFS, BOOT),  # x-systemd.automount
    (BOOT, BOOT),
    (NFS, BOOT),
    (BOOT, replace(BOOT, target="/srv/again")),
    (BOOT, replace(BOOT, target="/mnt", fsroot="/grub")),
    (BOOT, replace(NFS, target="/boot/more")),
    (BOOT, replace(NFS, target="/boo")),
    (BOOT, replace(AUTOFS, target="/proc/sys/fs/binfmt_misc")),
])
def test_what_covers_nothing_is_not_refused(mounts: tuple[Mount, ...]) -> None:
    assert source_refusals(with_mounts(*mounts), SOURCE) == ()


def test_a_volume_that_is_mounted_over_is_refused() -> None:
    machine = machine_with_volumes()
    assert source_refusals(machine, SOURCE) == ()
    over = Mount("/home", HOME.path, "xfs", "rw", fsroot="/old")
    (found,) = source_refusals(replace(machine, mounts=(*machine.mounts, over)), SOURCE)
    assert found.message.startswith("/home of vg0/home is covered by /dev/mapper/vg0-home (xfs)")
