"""A practice machine in memory: two 20 GB disks, Debian 12 on the first."""

from __future__ import annotations

from dataclasses import replace

from bootmirror.machine.model import (
    Array,
    BootLoader,
    Content,
    Disk,
    Initramfs,
    Machine,
    Member,
    Mount,
    Partition,
    Swap,
    Sync,
)

GB, MB = 10**9, 10**6
TAKEN_AT = 1_795_000_000.0

FSTAB = """\
# /etc/fstab: static file system information.
UUID=3f6c1a52-0c1e-4a57-9e0e-5f2b7f0a9d10 /      ext4 errors=remount-ro 0 1
UUID=c2f4a1d0-77aa-4b0e-8f43-2f1f6a0d9b21 /boot  ext4 defaults          0 2
UUID=aa31e1c0-4d8b-4a3b-bb1c-9a9f0be2d733 none   swap sw                0 0
"""

BOOT_UUID = "c2f4a1d0-77aa-4b0e-8f43-2f1f6a0d9b21"
ROOT_UUID = "3f6c1a52-0c1e-4a57-9e0e-5f2b7f0a9d10"
SWAP_UUID = "aa31e1c0-4d8b-4a3b-bb1c-9a9f0be2d733"
MD_UUIDS = ("5f1c0a33:7be1f2d4:90ab34cd:11223344", "0d9e8f70:61524334:25160798:aabbccdd")
LAYOUT = ((1, MB, 250 * MB), (2, 251 * MB, 18_700 * MB), (3, 18_951 * MB, 1_049 * MB))


def source_disk() -> Disk:
    held = (
        ("83", Content("ext4", BOOT_UUID, "boot", "1.0")),
        ("83", Content("ext4", ROOT_UUID, "root", "1.0")),
        ("82", Content("swap", SWAP_UUID, "", "1")),
    )
    partitions = tuple(
        Partition(n, f"sda{n}", f"/dev/sda{n}", start, size, kind, bootable=n == 1, content=content)
        for (n, start, size), (kind, content) in zip(LAYOUT, held, strict=True)
    )
    return Disk(
        "sda",
        "/dev/sda",
        "8:0",
        20 * GB,
        512,
        512,
        "QUANTUM FB 20",
        "184732A",
        by_id=("/dev/disk/by-id/ata-QUANTUM_FB_20_184732A",),
        by_path=("/dev/disk/by-path/pci-0000:00:1f.2-ata-1",),
        transport="sata",
        rotational=True,
        temperature=37,
        table="dos",
        table_id="5e1f0001",
        partitions=partitions,
    )


def mirror_disk() -> Disk:
    old = Partition(
        1, "sdb1", "/dev/sdb1", MB, 19_999 * MB, "83", content=Content("ext4", "11aa", "old-backup")
    )
    return Disk(
        "sdb",
        "/dev/sdb",
        "8:16",
        20 * GB,
        512,
        512,
        "QUANTUM FB 20",
        "184733C",
        by_path=("/dev/disk/by-path/pci-0000:00:1f.2-ata-2",),
        transport="sata",
        rotational=True,
        temperature=35,
        table="dos",
        table_id="5e1f0002",
        partitions=(old,),
    )


def other_disk() -> Disk:
    partition = Partition(
        1, "sdc1", "/dev/sdc1", MB, 3_999 * GB, "83", content=Content("ext4", "99ff", "backup")
    )
    return Disk(
        "sdc",
        "/dev/sdc",
        "8:32",
        4000 * GB,
        512,
        4096,
        "ST4000",
        "ZC1B1234",
        transport="sata",
        table="gpt",
        partitions=(partition,),
    )


def machine() -> Machine:
    """The machine before anything is done."""
    return Machine(
        taken_at=TAKEN_AT,
        boot_id="b0",
        hostname="web1",
        os_name="Debian GNU/Linux 12 (bookworm)",
        os_id="debian",
        os_version="12",
        kernel="6.1.0-28-amd64",
        architecture="x86_64",
        firmware="bios",
        cmdline=f"root=UUID={ROOT_UUID} ro quiet",
        is_root=True,
        disks=(source_disk(), mirror_disk(), other_disk()),
        mounts=(
            Mount("/", "/dev/sda2", "ext4", "rw", "8:2", size=18_300 * MB, used=1_900 * MB),
            Mount("/boot", "/dev/sda1", "ext4", "rw", "8:1", size=240 * MB, used=61 * MB),
            Mount("/backup", "/dev/sdc1", "ext4", "rw", "8:33", size=3_900 * GB, used=900 * GB),
        ),
        swaps=(Swap("/dev/sda3", "partition", 1_049 * MB, 0),),
        boot_loader=BootLoader("grub-bios", "2.06"),
        initramfs=Initramfs("initramfs-tools", "0.142"),
        files=(("/etc/fstab", FSTAB),),
    )


def _member_disk(disk: Disk) -> Disk:
    arrays = {1: "md1", 2: "md0"}
    partitions = tuple(
        Partition(
            n,
            f"{disk.name}{n}",
            f"{disk.path}{n}",
            start,
            size,
            "82" if n == 3 else "fd",
            bootable=n == 1,
            content=Content("swap" if n == 3 else "linux_raid_member"),
            holders=(arrays[n],) if n in arrays else (),
        )
        for n, start, size in LAYOUT
    )
    return replace(disk, table="dos", partitions=partitions)


def array(number: int, *, second: Member | None = None, sync: Sync | None = None) -> Array:
    """md0 (/) or md1 (/boot) with sdb's half in sync, and sda's as given."""
    partition = 2 if number == 0 else 1
    members = (Member(f"sdb{partition}", 0, "in_sync"), *([second] if second else []))
    return Array(
        f"md{number}",
        f"/dev/md{number}",
        MD_UUIDS[number],
        "raid1",
        "1.2",
        LAYOUT[partition - 1][2] - MB,
        2,
        members,
        "clean",
        sync,
        content=Content("ext4", f"new-{number}", "root" if number == 0 else "boot"),
    )


def half_mirrored() -> Machine:
    """After create-arrays: the arrays run on sdb alone, the system still on sda."""
    start = machine()
    disks = (start.disks[0], _member_disk(start.disks[1]), start.disks[2])
    return replace(start, disks=disks, arrays=(array(0), array(1)))


def on_mirror() -> Machine:
    """After the reboot: the system runs from the arrays; sda is as it was."""
    start = half_mirrored()
    mounts = (
        replace(start.mounts[0], source="/dev/md0", devno="9:0"),
        replace(start.mounts[1], source="/dev/md1", devno="9:1"),
        start.mounts[2],
    )
    swaps = (replace(start.swaps[0], path="/dev/sdb3"),)
    return replace(start, mounts=mounts, swaps=swaps, boot_id="b1")


def resyncing(fraction: float) -> Machine:
    """While sda's half of md0 is rebuilt; md1 is whole."""
    start = on_mirror()
    total = LAYOUT[1][2] - MB
    done = int(total * fraction)
    speed = 94 * MB
    sync = Sync("recovery", done, total, speed, (total - done) // speed)
    arrays = (
        array(0, second=Member("sda2", 1, "spare"), sync=sync),
        array(1, second=Member("sda1", 1, "in_sync")),
    )
    return replace(start, disks=(_member_disk(start.disks[0]), *start.disks[1:]), arrays=arrays)


def mirrored() -> Machine:
    """At the end: both halves of both arrays in sync."""
    start = resyncing(1.0)
    arrays = (
        array(0, second=Member("sda2", 1, "in_sync")),
        array(1, second=Member("sda1", 1, "in_sync")),
    )
    return replace(start, arrays=arrays)
