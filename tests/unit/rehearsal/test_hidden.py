"""Which mount points lie on disks that a rehearsal does not show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import (
    Array,
    Content,
    Disk,
    LogicalVolume,
    Machine,
    Member,
    Mount,
    Partition,
    VolumeGroup,
)
from bootmirror.rehearsal.hidden import hidden_from
from bootmirror.rehearsal.subject import alone, first_boot
from tests.unit.steps.mirrored import BEFORE, FSTAB, PLAN, mirrored


def _disk(name: str, *contents: Content, holders: tuple[str, ...] = ()) -> Disk:
    parts = tuple(
        Partition(n, f"{name}{n}", f"/dev/{name}{n}", n << 20, 1 << 20, "83", content=content,
                  partuuid=f"{name}-{n}", holders=holders)
        for n, content in enumerate(contents, 1))
    return Disk(name, f"/dev/{name}", "8:0", 1 << 30, 512, 512, serial=name.upper(),
                partitions=parts)


SDA = _disk("sda", Content("linux_raid_member", "a"), holders=("md0",))
SDB = _disk("sdb", Content("linux_raid_member", "a"), holders=("md0",))
SDC = _disk("sdc", Content("ext4", "c0ffee", "data"), Content("LVM2_member", "pv"),
            Content("linux_raid_member", "b"), Content("swap", "5a5a"))
SDD = replace(_disk("sdd"), content=Content("xfs", "d15c"))
MACHINE = replace(
    BEFORE, disks=(SDA, SDB, SDC, SDD), swaps=(),
    arrays=(Array("md0", "/dev/md0", "u0", "raid1", "1.2", 1, 2,
                  (Member("sda1", 0, "in_sync"), Member("sdb1", 1, "in_sync")),
                  content=Content("ext4", "own"), holders=("dm-7",)),
            Array("md5", "/dev/md5", "u5", "raid1", "1.2", 1, 2, (Member("sdc3", 0, "in_sync"),),
                  content=Content("ext4", "array5"))),
    volume_groups=(VolumeGroup("vgd", "g", 1, 1, ("/dev/sdc2",), (
        LogicalVolume("lv", "v", "/dev/mapper/vgd-lv", 1, "linear", "dm-0",
                      content=Content("ext4", "volume")),)),),
    mounts=(Mount("/", "/dev/md0", "ext4", "rw", "9:0"),
            Mount("/secret", "/dev/mapper/opened", "ext4", "rw", "254:7"),
            Mount("/foreign", "/dev/mapper/other", "ext4", "rw", "254:9"),
            Mount("/image", "/dev/loop0", "iso9660", "ro", "7:0")))


@pytest.mark.parametrize("line", [
    "UUID=c0ffee /x ext4 defaults 0 2", "LABEL=data /x ext4 defaults 0 2",
    "/dev/disk/by-uuid/c0ffee /x ext4 defaults 0 2", "/dev/sdc1 /x/ ext4 defaults 0 2",
    "PARTUUID=sdc-1 /x ext4 defaults 0 2", "UUID=d15c /x xfs defaults 0 2",
    "/dev/sdd /x xfs defaults 0 2", "/dev/md5 /x ext4 defaults 0 2",
    "UUID=array5 /x ext4 defaults 0 2", "/dev/vgd/lv /x ext4 defaults 0 2",
    "UUID=volume /x ext4 defaults 0 2",
])
def test_a_line_for_another_disk_is_known_by_any_name(line: str) -> None:
    found = hidden_from(MACHINE, (SDA, SDB), f"UUID=own / ext4 defaults 0 1\n{line}\n")
    assert (found.mounts, found.awaited) == (("/x",), ("/x",))
    assert found.holds("/x") and found.holds("/x/y") and not found.holds("/xy")
    assert not found.holds("/")


@pytest.mark.parametrize("line", [
    "UUID=own /x ext4 defaults 0 2", "UUID=nowhere /gone ext4 defaults 0 2",
    "/dev/sda1 /gone ext4 defaults 0 2", "/dev/sdz1 /gone ext4 defaults 0 2",
    "/dev/mapper/opened /secret ext4 defaults 0 2", "/img /image iso9660 loop 0 0",
    "UUID=c0ffee / ext4 defaults 0 1", "tmpfs /tmp tmpfs defaults 0 0",
])
def test_what_is_nowhere_or_on_the_rehearsed_disks_is_not_hidden(line: str) -> None:
    assert hidden_from(MACHINE, (SDA, SDB), line).mounts == ()


def test_what_is_mounted_now_is_known_by_its_device() -> None:
    found = hidden_from(MACHINE, (SDA, SDB), "/dev/mapper/other /foreign ext4 defaults 0 2\n")
    assert found.mounts == ("/foreign",)


def test_what_shows_it_once_more_is_hidden_with_it() -> None:
    found = hidden_from(MACHINE, (SDA, SDB), "UUID=c0ffee /data ext4 nofail 0 2\n"
                        "/data/srv /srv none bind 0 0\nUUID=5a5a none swap sw 0 0\n"
                        "nas:/home /home nfs defaults 0 0\n")
    assert (found.mounts, found.awaited, found.remote) == (
        ("/data", "/srv"), ("/srv",), ("/home",))
    assert found.holds("/dev/disk/by-uuid/5a5a")


def _with_data_disk(machine: Machine, fstab: str) -> Machine:
    files = {**dict(machine.files), FSTAB: fstab}
    return replace(machine, disks=(*machine.disks, _disk("sdx", Content("ext4", "data-uuid"))),
                   files=tuple(files.items()))


LINES = "UUID=data-uuid /data ext4 defaults 0 2\nUUID=nowhere /gone ext4 defaults 0 2\n"


def test_each_disk_alone_is_told_what_it_is_not_shown() -> None:
    done = mirrored().machine
    machine = _with_data_disk(done, (done.file(FSTAB) or "") + LINES)
    for disk in (PLAN.source, PLAN.mirror):
        assert alone(PLAN, disk, machine).hidden.mounts == ("/data",)


def test_the_first_boot_reads_the_copys_fstab() -> None:
    text = PLAN.config(FSTAB).text + LINES
    configs = tuple(replace(c, text=text) if c.path == FSTAB else c for c in PLAN.configs)
    machine = _with_data_disk(BEFORE, BEFORE.file(FSTAB) or "")
    assert first_boot(PLAN, machine).hidden.mounts == ()
    assert first_boot(replace(PLAN, configs=configs), machine).hidden.mounts == ("/data",)
