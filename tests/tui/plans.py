"""The plan of the practice machine, written out by hand, and a small lint for its raidtab."""

from __future__ import annotations

from dataclasses import replace

from bootmirror.engine.session import StepActions
from bootmirror.formats.complaint import Complaint
from bootmirror.kinds.boot import Boot, Entry
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import (
    ConfigFile,
    DiskRef,
    Plan,
    PlannedArray,
    PlannedFilesystem,
    PlannedMember,
    PlannedPartition,
    PlannedSwap,
    Side,
    SwapForm,
)
from tests.tui.machines import BOOT_UUID, FSTAB, LAYOUT, MB, MD_UUIDS, ROOT_UUID, SWAP_UUID

RAIDTAB = """\
raiddev /dev/md0
    raid-level      1
    nr-raid-disks   2
    persistent-superblock 1
    device          /dev/sdb2
    raid-disk       0
    device          /dev/sda2
    failed-disk     1
raiddev /dev/md1
    raid-level      1
    nr-raid-disks   2
    persistent-superblock 1
    device          /dev/sdb1
    raid-disk       0
    device          /dev/sda1
    failed-disk     1
"""
NEW_FSTAB = FSTAB.replace(ROOT_UUID, "9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55").replace(
    BOOT_UUID, "71d2cb11-90f0-4c55-a1b7-0d5e92a4c666"
)
MDADM = "".join(f"ARRAY /dev/md{n} metadata=1.2 UUID={uuid}\n" for n, uuid in enumerate(MD_UUIDS))
CUSTOM = (
    "set fallback=0\nmenuentry 'bootmirror' --id bootmirror-first-boot {\n  insmod mdraid1x\n}\n"
)

EFFECTS = (
    "mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal "
    "/dev/sdb2 missing",
    "mdadm --create /dev/md1 --run --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal "
    "/dev/sdb1 missing",
)

# id, title, erases ("mirror", "source" or ""), after the reboot, actions
STEPS: tuple[tuple[str, str, str, bool, tuple[str, ...]], ...] = (
    (
        "check",
        "Check that the facts are those of the plan",
        "",
        False,
        ("read disks, mounts, arrays and the boot loader again; compare with the plan",),
    ),
    (
        "partition-mirror",
        "Partition the mirror like the source",
        "184733C",
        False,
        (
            "wipefs -a /dev/sdb1",
            "mdadm --zero-superblock /dev/sdb",
            "write to /dev/sdb a dos table: 1 start 1 MB size 250 MB type fd boot; 2 start 251 MB "
            "size 18.7 GB type fd; 3 start 19.0 GB size 1.0 GB type 82",
            "udevadm settle",
        ),
    ),
    ("create-arrays", "Create the arrays, the source's half missing", "", False, EFFECTS),
    (
        "make-filesystems",
        "Make the file systems on the arrays",
        "",
        False,
        (
            "mkfs.ext4 -q -L root -U 9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55 /dev/md0",
            "mkfs.ext4 -q -L boot -U 71d2cb11-90f0-4c55-a1b7-0d5e92a4c666 /dev/md1",
            "mkswap -U 5f77cb11-33f0-4c55-a1b7-0d5e92a4c777 /dev/sdb3",
        ),
    ),
    (
        "copy-system",
        "Copy the running system to the arrays",
        "",
        False,
        (
            "mount /dev/md0 /run/bootmirror/root",
            "mount /dev/md1 /run/bootmirror/root/boot",
            "rsync -aHAXSx --numeric-ids --info=progress2 /run/bootmirror/source/ "
            "/run/bootmirror/root/",
        ),
    ),
    (
        "write-configs",
        "Write the configuration files to the copy",
        "",
        False,
        ("write /etc/raidtab", "write /etc/fstab", "write /etc/mdadm/mdadm.conf"),
    ),
    (
        "build-initramfs",
        "Build the initramfs in the copy",
        "",
        False,
        ("chroot /run/bootmirror/root update-initramfs -u -k all",),
    ),
    (
        "install-boot-loader",
        "Install GRUB on the mirror",
        "",
        False,
        (
            "chroot /run/bootmirror/root grub-install /dev/sdb",
            "chroot /run/bootmirror/root update-grub",
        ),
    ),
    (
        "arm-first-boot",
        "Arm the first boot from the mirror, once",
        "",
        False,
        ("write /boot/grub/custom.cfg", "grub-reboot bootmirror-first-boot"),
    ),
    (
        "final-copy",
        "Copy once more what changed",
        "",
        False,
        ("rsync -aHAXSx --numeric-ids --delete /run/bootmirror/source/ /run/bootmirror/root/",),
    ),
    (
        "confirm-first-boot",
        "Confirm that the root is on the array",
        "",
        True,
        ("findmnt / shows the array of the plan",),
    ),
    (
        "read-back-mirror",
        "Read the mirror from end to end",
        "",
        True,
        ("read /dev/sdb1 and /dev/sdb2, every sector",),
    ),
    (
        "partition-source",
        "Partition the source for the arrays",
        "184732A",
        True,
        ("wipefs -a /dev/sda", "write to /dev/sda the table of /dev/sdb"),
    ),
    (
        "add-source",
        "Add the source to the arrays",
        "",
        True,
        ("mdadm /dev/md0 --add /dev/sda2", "mdadm /dev/md1 --add /dev/sda1"),
    ),
    (
        "resync",
        "Wait until both halves are alike",
        "",
        True,
        ("watch /proc/mdstat; raise the speed limit while the machine is idle",),
    ),
    (
        "boot-loader-on-both",
        "Install GRUB on both disks",
        "",
        True,
        ("grub-install /dev/sda", "grub-install /dev/sdb", "debconf: grub-pc/install_devices"),
    ),
    (
        "verify",
        "Verify the mirror",
        "",
        True,
        ("every member in sync; bad block lists empty; GRUB on both disks",),
    ),
)


def actions() -> tuple[StepActions, ...]:
    return tuple(StepActions(*step) for step in STEPS)


def lint_raidtab(text: str) -> tuple[Complaint, ...]:
    """A device named twice, and a word that is none: enough to show complaints."""
    seen: dict[str, int] = {}
    found = []
    for number, content in enumerate(text.splitlines(), 1):
        words = content.split()
        column = len(content) - len(content.lstrip()) + 1
        if len(words) != 2:
            found.append(
                Complaint(number, column, f"a keyword and a value are wanted, not {content!r}")
            )
        elif words[0] == "device" and words[1] in seen:
            message = f"{words[1]} is named again; it already belongs to line {seen[words[1]]}"
            found.append(Complaint(number, content.index(words[1]) + 1, message, "name another"))
        elif words[0] == "device":
            seen[words[1]] = number
    return tuple(found)


def _filesystem(partition: int, mountpoint: str, source_uuid: str) -> PlannedFilesystem:
    return PlannedFilesystem(
        "ext4", f"new-{partition}", "", mountpoint, source_uuid, partition, 1_900 * MB, 72_445
    )


PARTITIONS = tuple(
    PlannedPartition(
        n, start, size, "82" if n == 3 else "fd", n == 1, Role.SWAP if n == 3 else Role.MEMBER
    )
    for n, start, size in LAYOUT
)
BOOT = Boot(
    root="UUID=new-2", old_root=(f"UUID={ROOT_UUID}",), files_uuid="new-1", files_kind="ext4",
    directory="", array="/dev/md1", metadata="1.2", table="dos",
)
ENTRY = Entry("/boot/grub/custom.cfg", CUSTOM, "The one-shot first boot", on_source=True)


def plan(machine: Machine, choices: Choices) -> Plan:
    """The plan for these choices, with the user's edits in it."""
    source, mirror = machine.disk(choices.source), machine.disk(choices.mirror)
    assert source is not None and mirror is not None
    both = (Side.MIRROR, Side.SOURCE)
    spots = ((0, 2, "/", ROOT_UUID), (1, 1, "/boot", BOOT_UUID))
    return Plan(
        id="20261123-1",
        made_with="0.1.0",
        hostname=machine.hostname,
        choices=choices,
        source=DiskRef.of(source),
        mirror=DiskRef.of(mirror),
        table="dos",
        source_partitions=PARTITIONS,
        mirror_partitions=PARTITIONS,
        arrays=tuple(
            PlannedArray(
                f"/dev/md{n}",
                MD_UUIDS[n],
                "1.2",
                tuple(PlannedMember(side, p, slot) for slot, side in enumerate(both)),
                target,
            )
            for n, p, target, _ in spots
        ),
        filesystems=tuple(_filesystem(p, target, uuid) for _, p, target, uuid in spots),
        swaps=(
            PlannedSwap(
                SwapForm.PARTITION, "5f77cb11-33f0-4c55-a1b7-0d5e92a4c777", SWAP_UUID, partition=3
            ),
        ),
        boot=BOOT,
        entry=ENTRY,
        configs=_configs(choices),
        boot_loader="grub-bios",
        initramfs="initramfs-tools",
        kernel=machine.kernel,
        fingerprint="f00d",
        facts=(),
    )


def _configs(choices: Choices) -> tuple[ConfigFile, ...]:
    made = (
        ConfigFile("/etc/raidtab", "The arrays", None, RAIDTAB, RAIDTAB, effects=EFFECTS),
        ConfigFile("/etc/fstab", "What is mounted where", FSTAB, NEW_FSTAB, NEW_FSTAB),
        ConfigFile("/etc/mdadm/mdadm.conf", "The arrays, for mdadm", None, MDADM, MDADM),
        ConfigFile("/boot/grub/custom.cfg", "The one-shot first boot", None, CUSTOM, CUSTOM,
                   editable=False),
    )
    edits = dict(choices.edits)
    changed = (replace(c, text=edits.get(c.path, c.text)) for c in made)
    return tuple(
        replace(c, complaints=lint_raidtab(c.text)) if c.name == "raidtab" else c for c in changed
    )
