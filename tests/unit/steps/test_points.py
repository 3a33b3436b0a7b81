"""verify's points: all hold on a good mirror, and each fault is told by its own line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Content, Member, Sync
from bootmirror.plan.model import Side
from bootmirror.steps.points import registry
from bootmirror.steps.points.look import Look, Point
from tests.unit.formats.archives import archive
from tests.unit.steps.mirrored import (
    BOOT_IMG,
    CONF,
    CORE_IMG,
    FSTAB,
    IMAGE,
    MONITOR,
    PLAN,
    RELEASE,
    Mirrored,
    ext4,
    image,
    mirrored,
)

Change = Callable[[Mirrored], object]
MD0, SDB2 = "/sys/block/md0/md", "/dev/sdb2"
INITRAMFS = f"initramfs of {RELEASE}"


@pytest.fixture
def found() -> Mirrored:
    return mirrored()


def test_all_points_hold_on_a_good_mirror(found: Mirrored) -> None:
    assert found.bad() == {}
    assert len(list(found.checks())) > 25


def _members(state: str) -> tuple[Member, ...]:
    first, second = mirrored().machine.arrays[0].members
    return first, replace(second, state=state)


def _fstab(found: Mirrored) -> str:
    return found.machine.file(FSTAB) or ""


def _whole_disk_member(found: Mirrored) -> None:
    found.with_disk(0, table="", content=Content("linux_raid_member", "old"))
    found.host.shown["/dev/sda"].append((0xFFF0000, "linux_raid_member", "old"))


def _with_part(found: Mirrored, **changes: object) -> None:
    disk = found.machine.disks[0]
    parts = (*disk.partitions[:2], replace(disk.partitions[2], **changes))  # type: ignore[arg-type]
    found.with_disk(0, partitions=parts)


ARRAYS: list[tuple[Change, str, str]] = [
    (lambda m: m.with_array(0, members=_members("faulty")), "array of /", "sdb2 failed"),
    (lambda m: m.with_array(0, members=_members("spare")), "array of /", "a half is missing"),
    (lambda m: m.with_array(0, sync=Sync("recovery", 1, 2)), "array of /", "recovery under way"),
    (lambda m: m.with_array(0, sync=Sync("resync", waiting="delayed")), "array of /",
     "resync under way"),
    (lambda m: m.with_array(0, slots=3), "array of /", "3 slots in place of 2"),
    (lambda m: m.with_array(0, state="inactive"), "array of /", "raid1 that is inactive"),
    (lambda m: m.with_array(0, state="readonly"), "array of /", "readonly"),
    (lambda m: m.with_array(0, mismatches=128), "array of /", "differed in 128 sectors"),
    (lambda m: m.host.texts.update({f"{MD0}/dev-sdb2/bad_blocks": "128 8\n512 8\n"}),
     "bad blocks of md0", "sdb2 has 2 bad places"),
    (lambda m: m.host.texts.update({f"{MD0}/dev-sda2/unacknowledged_bad_blocks": "128 8\n"}),
     "bad blocks of md0", "sda2 has 1 bad places"),
    (lambda m: [m.host.texts.pop(f"{MD0}/dev-sda2/{n}")
                for n in ("bad_blocks", "unacknowledged_bad_blocks")],
     "bad blocks of md0", "cannot be read"),
    (lambda m: m.host.texts.update({f"{MD0}/component_size": "1000\n"}), "size of md0",
     "takes 1.0 MB of partitions of 2.1 GB"),
    (lambda m: m.host.texts.update({f"{MD0}/dev-sdb2/offset": "4096\n"}), "size of md0",
     "of sdb2, which has"),
    (lambda m: m.host.texts.pop(f"{MD0}/component_size"), "size of md0", "not known"),
    (lambda m: m.host.bytes.update({"/dev/md0": ext4(m.machine.arrays[0].size + 4096)}),
     "size of /", "which has"),
    (lambda m: m.host.bytes.update({"/dev/md0": ext4(1 << 30)}), "size of /", "unused"),
    (lambda m: m.host.bytes.update({"/dev/md0": bytes(2048)}), "size of /", "has no ext4"),
    (lambda m: m.host.bytes.pop("/dev/md0"), "size of /", "cannot be read"),
    (lambda m: m.with_array(0, name="md0", size=0), "size of /", "cannot be read"),
]

DISKS: list[tuple[Change, str, str]] = [
    (lambda m: _with_part(m, type="83"), "partitions of sda", "partition 3"),
    (lambda m: m.with_disk(0, table="gpt"), "partitions of sda", "the table is gpt, not dos"),
    (lambda m: m.with_disk(0, table=""), "partitions of sda", "the table is missing, not dos"),
    (_whole_disk_member, "signatures on sda", "shows linux_raid_member old"),
    (lambda m: m.host.shown[SDB2].append((0x438, "ext4", "old")), "signatures on sdb2",
     "shows ext4 old at 0x438"),
    (lambda m: m.host.shown[SDB2].append((0x7FF0000, "linux_raid_member", "beef")),
     "signatures on sdb2", "shows linux_raid_member beef"),
    (lambda m: m.host.shown[SDB2].append((0x7FF0000, *m.host.shown[SDB2][0][1:])),
     "signatures on sdb2", "second superblock of its array at 0x7ff0000"),
    (lambda m: m.host.shown.update({SDB2: []}), "signatures on sdb2", "shows no linux_raid_member"),
    (lambda m: m.host.shown["/dev/sda"].append((0x218, "LVM2_member", "u")), "signatures on sda",
     "shows LVM2_member"),
    (lambda m: m.host.shown["/dev/sda"].append((0x98300000, "gpt", "")), "signatures on sda",
     "shows gpt"),
    (lambda m: m.host.shown["/dev/md0"].append((0, "xfs", "x\x1b[31m")), "signatures on md0",
     "shows xfs x\\x1b[31m"),
    (lambda m: m.host.shown.update({"/dev/sda3": []}), "signatures on sda3", "shows no swap"),
    (lambda m: _with_part(m, content=Content("swap", "another")), "swap on sda3",
     "does not have the UUID"),
    (lambda m: _with_part(m, content=None), "swap on sda3", "does not have the UUID"),
    (lambda m: setattr(m, "machine", replace(m.machine, mounts=tuple(
        replace(x, source="/dev/sdb1") if x.target == "/boot" else x for x in m.machine.mounts))),
     "mounts", "/boot is on /dev/sdb1"),
]

BOOT: list[tuple[Change, str, str]] = [
    (lambda m: _flip(m, "/dev/sda", 200), "boot loader on sda", "differs from boot.img"),
    (lambda m: _flip(m, "/dev/sda", 0x180), "boot loader on sda", "no GRUB"),
    (lambda m: _flip(m, "/dev/sda", 512 + 3), "boot loader on sda", "core.img on the disk differs"),
    (lambda m: _flip(m, "/dev/sda", 1024 + 80), "boot loader on sda", "core.img on the disk"),
    (lambda m: _flip(m, "/dev/sda", 0x5C), "boot loader on sda", "core.img on the disk"),
    (lambda m: m.host.bytes.update({"/dev/sda": b""}), "boot loader on sda", "cannot be read"),
    (lambda m: m.host.texts.update({"/boot/grub/grub.cfg": m.host.texts[
        "/boot/grub/grub.cfg"] + f"search {PLAN.boot.old_root[0]}\n"}), "boot menu",
     "line 5 names the old root"),
    (lambda m: _debconf(m, m.machine.disks[0].by_id[0]), "debconf", "does not name sdb"),
    (lambda m: _debconf(m, *(d.path for d in m.machine.disks)), "debconf", "does not name sda"),
    (lambda m: _debconf(m, *(d.by_id[0] for d in m.machine.disks), "/dev/disk/by-id/gone"),
     "debconf", "names /dev/disk/by-id/gone, which is not there"),
]

FILES: list[tuple[Change, str, str]] = [
    (lambda m: m.host.bytes.pop(IMAGE), INITRAMFS, "is not there"),
    (lambda m: m.host.bytes.update({IMAGE: m.host.bytes[IMAGE][:-20]}), INITRAMFS, "unpacked"),
    (lambda m: m.host.bytes.update({IMAGE: b"#!/bin/sh"}), INITRAMFS, "no archive"),
    (lambda m: m.host.bytes.update({IMAGE: archive({"sbin/mdadm": b""})}), INITRAMFS,
     "lacks the kernel module raid1, mdadm.conf"),
    (lambda m: m.host.bytes.update({IMAGE: image("ARRAY /dev/md7 UUID=1:2:3:4\n")}), INITRAMFS,
     "its mdadm.conf has /dev/md7 1:2:3:4"),
    (lambda m: m.host.bytes.update({IMAGE: image(PLAN.config(CONF).text.replace("md0", "md5"))}),
     INITRAMFS, "lacks /dev/md0"),
    (lambda m: m.host.bytes.update({IMAGE: image(PLAN.config(CONF).text, **{
        "conf/conf.d/zz-resume-auto": "RESUME=UUID=gone\n"})}), INITRAMFS, "UUID=gone, which is"),
    (lambda m: m.host.texts.update({"/boot/grub/grub.cfg": m.host.texts[
        "/boot/grub/grub.cfg"].replace(" quiet", " quiet resume=/dev/sdz5")}), INITRAMFS,
     "on /dev/sdz5, which is gone"),
    (lambda m: m.host.times.update({CONF: 2000.0}), INITRAMFS, f"older than {CONF}"),
    (lambda m: m.host.texts.update({"/boot/grub/grub.cfg":
        f"linux /vmlinuz-9.9 root={PLAN.boot.root}\ninitrd /initrd.img-9.9\n"
        + m.host.texts["/boot/grub/grub.cfg"]}), "initramfs of 9.9", "is not there"),
    (lambda m: m.host.texts.update({"/boot/grub/grub.cfg":
        f"linux /vmlinuz-9.9 root={PLAN.boot.root}\n"
        + m.host.texts["/boot/grub/grub.cfg"]}), "initramfs of 9.9", "gives this kernel no"),
    (lambda m: m.with_file(FSTAB, _fstab(m) + "UUID=dead /srv ext4 defaults 0 2\n"),
     "fstab", "UUID=dead is not there; line 12: the mount point /srv"),
    (lambda m: m.with_file(FSTAB, _fstab(m) + "/dev/sdz1 /boot ext4 ro 0 2\n"),
     "fstab", "/dev/sdz1 is not there"),
    (lambda m: m.with_file(FSTAB, _fstab(m) + "LABEL=a\\040b /tmp ext4 ro 0 2\n"),
     "fstab", "LABEL=a b is not there"),
    (lambda m: m.with_file(FSTAB, _fstab(m).replace(
        PLAN.filesystems[0].uuid, PLAN.filesystems[0].source_uuid)),
     "fstab", "names the old disk's /boot"),
    (lambda m: m.with_file(FSTAB, _fstab(m)
                           + f"UUID={PLAN.filesystems[1].source_uuid} /old ext4 noauto 0 0\n"),
     "fstab", "names the old disk's /old"),
    (lambda m: m.with_file(FSTAB, _fstab(m) + f"{SDB2} /old ext4 noauto 0 0\n"),
     "fstab", f"names one half of an array ({SDB2})"),
    (lambda m: m.with_file(FSTAB, "\n".join(
        line for line in (m.machine.file(FSTAB) or "").splitlines() if " /boot " not in line)),
     "fstab", "does not name the file system of /boot"),
    (lambda m: m.host.texts.pop(MONITOR), "monitoring", "no mdadm --monitor runs"),
    (lambda m: m.host.texts.update({MONITOR: "/sbin/mdadm\0--monitor\0--oneshot\0--scan\0"}),
     "monitoring", "no mdadm --monitor runs"),
    (lambda m: m.host.missing.add("mdadm"), "mdadm", "mdadm is not installed"),
    (lambda m: m.with_file(CONF, (m.machine.file(CONF) or "").replace("MAILADDR", "#")),
     "mail address", "neither MAILADDR nor PROGRAM"),
]


def _flip(found: Mirrored, path: str, place: int) -> None:
    data = bytearray(found.host.bytes[path])
    data[place] ^= 0xFF
    found.host.bytes[path] = bytes(data)


def _debconf(found: Mirrored, *devices: str) -> None:
    loader = replace(found.machine.boot_loader, install_devices=devices)
    found.machine = replace(found.machine, boot_loader=loader)
    found.host.paths |= {"/dev/sda", "/dev/sdb"}


@pytest.mark.parametrize(("programs", "words"), [
    ((), "mdadm is not installed"),
    ((("mdadm", "/sbin/mdadm"),), "mdadm does not tell which array /dev/md0 and /dev/md1 is"),
])
def test_where_mdadm_says_nothing_no_array_is_called_gone(
    programs: tuple[tuple[str, str], ...], words: str, found: Mirrored
) -> None:
    arrays = tuple(replace(a, uuid="") for a in found.machine.arrays)
    found.machine = replace(found.machine, arrays=arrays, programs=programs)
    assert found.bad()["array of /"] == words


@pytest.mark.parametrize(("change", "name", "words"), [*ARRAYS, *DISKS, *BOOT, *FILES])
def test_a_fault_is_told_by_its_own_line_alone(
    change: Change, name: str, words: str, found: Mirrored
) -> None:
    change(found)
    bad = found.bad()
    assert list(bad) == [name]
    assert words in bad[name]


def test_an_array_that_does_not_run(found: Mirrored) -> None:
    found.machine = replace(found.machine, arrays=found.machine.arrays[1:])
    bad = found.bad()
    assert bad["array of /"] == f"{PLAN.arrays[0].uuid} does not run"
    assert "size of /" in bad


def test_an_array_on_a_third_disk(found: Mirrored) -> None:
    first, second = found.machine.arrays[0].members
    found.with_array(0, members=(first, replace(second, name="sdc2")))
    found.host.texts[f"{MD0}/dev-sdc2/bad_blocks"] = ""
    assert found.bad() == {"array of /": "md0 [UU] clean, runs on sdc2, which belongs to neither "
                           "disk"}


def test_a_check_under_way_is_no_fault(found: Mirrored) -> None:
    found.with_array(0, sync=Sync("check", 1, 2))
    assert found.bad() == {}


def test_an_array_out_of_mdadm_conf(found: Mirrored) -> None:
    text = "".join(line for line in (found.machine.file(CONF) or "").splitlines(keepends=True)
                   if "/dev/md1" not in line)
    found.with_file(CONF, text)
    assert list(found.bad()) == [INITRAMFS, "mdadm.conf"]
    found.host.bytes[IMAGE] = image(text)
    assert found.bad() == {"mdadm.conf": "does not name the array of /boot"}


def test_an_array_twice_in_mdadm_conf(found: Mirrored) -> None:
    found.with_file(CONF, (found.machine.file(CONF) or "")
                    + f"ARRAY /dev/md0 UUID={PLAN.arrays[0].uuid}\n")
    assert found.bad() == {"mdadm.conf": "names the array of / 2 times"}


def test_what_fstab_may_do_without(found: Mirrored) -> None:
    found.with_file(FSTAB, (found.machine.file(FSTAB) or "")
                    + "UUID=gone /media ext4 noauto 0 0\n/dev/sr0 /mnt iso9660 ro,nofail 0 0\n"
                      "server:/export /tmp nfs defaults 0 0\n//nas/x /tmp cifs defaults 0 0\n")
    assert found.bad() == {}


def test_a_name_in_fstab_may_stand_in_quotes(found: Mirrored) -> None:
    text = found.machine.file(FSTAB) or ""
    found.with_file(FSTAB, re.sub(r"^UUID=(\S+)", r'UUID="\1"', text, flags=re.M))
    assert 'UUID="' in (found.machine.file(FSTAB) or "")
    assert found.bad() == {}


def test_a_metadata_at_the_end_shows_the_file_system_in_each_half(found: Mirrored) -> None:
    plan = replace(PLAN, arrays=(replace(PLAN.arrays[0], metadata="0.90"), PLAN.arrays[1]))
    shown = found.host.shown
    for path in ("/dev/sda2", SDB2):
        raid, digits = shown[path][0][1:]
        swapped = "".join(digits[i + j : i + j + 2] for i in range(0, 32, 8) for j in (6, 4, 2, 0))
        shown[path] = [(0x7FFF0000, raid, swapped), *shown["/dev/md0"]]
    found.plan = plan
    assert found.bad() == {}
    shown[SDB2].append((0x1000, "xfs", "other"))
    assert list(found.bad()) == ["signatures on sdb2"]


def test_lilos_record_on_the_array_of_boot_is_no_stale_table(found: Mirrored) -> None:
    found.plan = replace(PLAN, boot_loader="lilo", arrays=tuple(
        replace(a, metadata="0.90") for a in PLAN.arrays))
    for path in ("/dev/md1", "/dev/sda1", "/dev/sdb1"):
        found.host.shown[path].append((0x1FE, "dos", ""))
    assert not [name for name in found.bad() if name.startswith("signatures")]
    found.host.shown["/dev/md0"].append((0x1FE, "dos", ""))
    assert "signatures on md0" in found.bad()


def test_the_installed_images_are_gone(found: Mirrored) -> None:
    del found.host.bytes["/boot/grub/i386-pc/core.img"]
    assert set(found.bad()) == {"boot loader on sda", "boot loader on sdb"}


def test_what_belongs_to_the_disk_is_not_compared(found: Mirrored) -> None:
    data = bytearray(BOOT_IMG + CORE_IMG.ljust(2048, b"\0"))
    data[0x66:0x68] = b"\x90\x90"  # grub-install patches these on a hard disk
    data[0x1B8:0x1FE] = bytes(range(0x46))  # identifier and table
    data[512 + 0x210 : 512 + 0x214] = b"\x34\x12\0\0"  # length of the code behind core.img
    found.host.bytes["/dev/sda"] = bytes(data)
    assert found.bad() == {}


@pytest.mark.parametrize("side", list(Side))
def test_with_a_disk_gone_the_other_is_still_looked_at(side: Side, found: Mirrored) -> None:
    found.without_disk(side)
    bad = found.bad()
    assert list(bad) == [f"disk {PLAN.disk(side).id}", "array of /", "array of /boot"]
    names = [check.name for check in found.checks()]
    assert sum(name.startswith("boot loader on") for name in names) == 1


def test_what_cannot_be_looked_at_is_a_line_and_not_the_end(found: Mirrored) -> None:
    found.host.missing.add("wipefs")
    bad = found.bad()
    assert bad == {"signatures": "cannot be looked at: The program wipefs is not installed"}


def test_what_nobody_thought_of_is_a_line_too(
    found: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(_look: Look) -> list[Check]:
        raise KeyError("odd")

    points = (Point("odd", odd), *registry.POINTS)  # type: ignore[arg-type]
    monkeypatch.setattr(registry, "POINTS", points)
    assert found.bad() == {"odd": "cannot be looked at: KeyError: 'odd'"}
    assert len(list(found.checks())) > 25


def test_resume_device_that_is_there(found: Mirrored) -> None:
    swap = PLAN.plain_swaps[0].uuid
    found.host.bytes[IMAGE] = image(PLAN.config(CONF).text, **{
        "conf/conf.d/a": "RESUME=UUID=gone\n", "conf/conf.d/b": f"RESUME=UUID={swap}\n"})
    assert found.bad() == {}


def test_dracuts_resume_words(found: Mirrored) -> None:
    found.plan = replace(PLAN, initramfs="dracut")
    found.host.bytes[IMAGE] = image(PLAN.config(CONF).text, **{
        "etc/cmdline.d/95resume.conf": " resume=UUID=gone \n"})
    assert "UUID=gone, which is gone" in found.bad()[INITRAMFS]
