"""Plans for other layouts than the practice machine's, made of its facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import Refused
from bootmirror.kinds.gpt import TYPES
from bootmirror.kinds.partition_table import Role
from bootmirror.machine.model import Content, Disk, Machine, Mount, Partition, Swap
from bootmirror.machine.recording import load_machine
from bootmirror.plan.choices import Choices, SwapChoice
from bootmirror.plan.model import Plan, SwapForm
from bootmirror.plan.planner import make_plan
from bootmirror.steps.partition_mirror import PartitionMirror
from bootmirror.steps.recipe import STEPS
from bootmirror.steps.tables import WriteTable

RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"
CHOICES = Choices("PM-0001-A", "PM-0002-B", "5eed5eed-0000-4000-8000-000000000001")
MACHINE = load_machine(RECORDED.read_text())
MIB = 1 << 20


def disks_changed(
    change: Callable[[Disk], Disk], wanted: str, machine: Machine = MACHINE
) -> Machine:
    disks = tuple(change(d) if d.id == wanted else d for d in machine.disks)
    return replace(machine, disks=disks)


def shown(plan: Plan, machine: Machine, step_id: str) -> str:
    step = next(s for s in STEPS if s.id == step_id)
    return "\n".join(action.describe() for action in step.actions(plan, machine))


def _source() -> Disk:
    source = MACHINE.disk("PM-0001-A")
    assert source is not None
    return source


def with_gpt(first: Partition | None) -> Machine:
    """The same partitions in a GPT, after one of another kind."""
    room = first.size if first else MIB

    def change(disk: Disk) -> Disk:
        kept = [replace(p, number=p.number + 1, name=f"sdb{p.number + 1}",
                        path=f"/dev/sdb{p.number + 1}", start=p.start + room,
                        type="0fc63daf-8483-4772-8e79-3d69d8477de4", bootable=False, label="data")
                for p in disk.partitions]
        return replace(disk, table="gpt", size=disk.size + room + 8 * MIB,
                       partitions=(first, *kept) if first else tuple(kept))

    mounts = tuple(
        replace(m, source=f"/dev/sdb{int(m.source[-1]) + 1}") if m.source.startswith("/dev/sdb")
        else m for m in MACHINE.mounts)
    bigger = disks_changed(lambda d: replace(d, size=d.size + room + 8 * MIB), "PM-0002-B",
                    disks_changed(change, "PM-0001-A"))
    return replace(bigger, mounts=mounts)


def _gpt(bios_boot: bool = True) -> Machine:
    first = Partition(1, "sdb1", "/dev/sdb1", MIB, MIB, TYPES[Role.BIOS_BOOT])
    return with_gpt(first if bios_boot else None)


def test_a_gpt_keeps_grubs_partition_and_its_names() -> None:
    machine = _gpt()
    plan = make_plan(machine, CHOICES)
    assert plan.table == "gpt"
    assert [p.role for p in plan.mirror_partitions] == [
        Role.BIOS_BOOT, Role.MEMBER, Role.MEMBER, Role.SWAP]
    assert plan.mirror_partitions[1].type == TYPES[Role.MEMBER]
    assert {p.label for p in plan.mirror_partitions[1:]} == {"data"}
    assert "insmod part_gpt" in plan.config("custom.cfg").text
    said = shown(plan, machine, "partition-mirror")
    assert "write the GPT partition table of /dev/sda" in said
    kept = shown(plan, machine, "partition-source")
    assert "1: 1.0 MB" not in kept, "GRUB's own partition stays as it is"
    assert "wipefs --all /dev/sdb1" not in kept


@pytest.mark.parametrize("active", [True, False])
def test_a_protective_mbr_is_active_on_both_or_none(active: bool) -> None:
    """Some BIOSes start no GPT disk without it: the mirror would not boot alone."""
    machine = _gpt()
    source = make_plan(machine, CHOICES).source
    disks = tuple(replace(d, pmbr_boot=active) if source.matches(d) else d for d in machine.disks)
    machine = replace(machine, disks=disks)
    tables = [action for action in PartitionMirror().actions(make_plan(machine, CHOICES), machine)
              if isinstance(action, WriteTable)]
    assert [table.pmbr_boot for table in tables] == [active]
    assert ("protective MBR active" in tables[0].describe()) is active


def test_a_gpt_without_room_for_grub_is_refused() -> None:
    machine = _gpt(bios_boot=False)
    with pytest.raises(Refused, match="no BIOS boot partition"):
        make_plan(machine, CHOICES)


def _logical() -> Machine:
    """Root and swap as logical partitions of an extended one."""
    def change(disk: Disk) -> Disk:
        boot, root, swap = disk.partitions
        start, end = root.start - MIB, swap.start + swap.size
        inside = [replace(p, number=n, name=f"sdb{n}", path=f"/dev/sdb{n}")
                  for n, p in ((5, root), (6, replace(swap, start=swap.start + MIB,
                                                       size=swap.size - MIB)))]
        around = Partition(2, "sdb2", "/dev/sdb2", start, end - start, "5")
        return replace(disk, partitions=(
            replace(boot, size=boot.size - MIB), around, *inside))

    mounts = tuple(replace(m, source="/dev/sdb5") if m.target == "/" else m
                   for m in MACHINE.mounts)
    return replace(disks_changed(change, "PM-0001-A"), mounts=mounts)


def test_logical_partitions_stay_in_their_extended_one() -> None:
    machine = _logical()
    plan = make_plan(machine, CHOICES)
    assert [(p.number, p.place, p.role) for p in plan.mirror_partitions] == [
        (1, "primary", Role.MEMBER), (2, "extended", Role.EXTENDED),
        (5, "logical", Role.MEMBER), (6, "logical", Role.SWAP)]
    assert "/dev/sda5" in plan.config("raidtab").effects[0]
    for step, disk in (("partition-mirror", "sda"), ("partition-source", "sdb")):
        said = shown(plan, machine, step)
        assert f"wipefs --all /dev/{disk}2" not in said, "the table of the logical ones is in it"
        assert f"wipefs --all /dev/{disk}5" in said


def test_logical_partitions_numbered_against_their_order_are_refused() -> None:
    def change(disk: Disk) -> Disk:
        boot, around, five, six = disk.partitions
        return replace(disk, partitions=(boot, around, replace(five, number=6, name="sdb6"),
                                         replace(six, number=5, name="sdb5")))

    with pytest.raises(Refused, match="not numbered as they lie"):
        make_plan(disks_changed(change, "PM-0001-A", _logical()), CHOICES)


def test_on_a_smaller_mirror_the_largest_file_system_shrinks() -> None:
    machine = disks_changed(lambda d: replace(d, size=d.size - 300 * MIB), "PM-0002-B")
    plan = make_plan(machine, CHOICES)
    old, new = plan.source_partitions, plan.mirror_partitions
    assert [p.size for p in old] == [p.size for p in _source().partitions]
    assert new[0] == old[0]
    by = old[1].size - new[1].size
    assert 290 * MIB <= by <= 300 * MIB and by % MIB == 0
    assert (new[2].start, new[2].size) == (old[2].start - by, old[2].size)
    assert new[2].start + new[2].size <= plan.mirror.size
    assert any("smaller" in warning and "/ will have" in warning for warning in plan.warnings)


def test_a_mirror_too_small_for_what_is_used_is_refused_with_the_numbers() -> None:
    machine = disks_changed(lambda d: replace(d, size=d.size - 1700 * MIB), "PM-0002-B")
    with pytest.raises(Refused, match=r"too small: .* bytes\).*would have to shrink"):
        make_plan(machine, CHOICES)


def test_swap_goes_on_md_when_chosen() -> None:
    plan = make_plan(MACHINE, replace(CHOICES, swap=SwapChoice.MD))
    assert [a.holds for a in plan.arrays] == ["/", "/boot", "swap"]
    (swap,) = plan.swaps
    assert swap.form is SwapForm.ARRAY
    assert all(p.role is Role.MEMBER for p in plan.mirror_partitions)
    lines = [line for line in plan.config("fstab").text.splitlines() if " swap " in line]
    assert [line.split()[0] for line in lines if not line.startswith("#")] == [f"UUID={swap.uuid}"]
    assert f"mkswap --uuid {swap.uuid} /dev/md2" in shown(plan, MACHINE, "make-filesystems")
    assert "mkswap" not in shown(plan, MACHINE, "partition-source")


def test_swap_goes_on_md_when_the_user_writes_it_into_the_raidtab() -> None:
    chosen = make_plan(MACHINE, replace(CHOICES, swap=SwapChoice.MD)).config("raidtab").text
    plan = make_plan(MACHINE, CHOICES.edited("/etc/raidtab", chosen))
    assert [s.form for s in plan.swaps] == [SwapForm.ARRAY]
    assert plan.errors == []


def test_a_swap_file_on_another_disk_stays_there() -> None:
    """Made in the copy it would lie in its root, below the mount, for good."""
    machine = replace(
        MACHINE, swaps=(Swap("/data/swapfile", "file", 1 << 30, 0),),
        mounts=(*MACHINE.mounts, Mount("/data", "/dev/sdc1", "ext4", "rw", "8:33")))
    plan = make_plan(machine, CHOICES)
    assert all(swap.form is not SwapForm.FILE for swap in plan.swaps)
    assert "swapfile" not in shown(plan, machine, "copy-system")


def test_a_swap_file_is_made_anew_in_the_copy() -> None:
    machine = replace(MACHINE, swaps=(Swap("/swap.img", "file", 64 * MIB - 4096, 0),))
    plan = make_plan(machine, CHOICES)
    assert "make the swap file /run/bootmirror/copy/swap.img of 64 MiB" in shown(
        plan, machine, "copy-system")
    assert "--exclude=/swap.img" in shown(plan, machine, "final-copy")


def test_each_file_system_is_made_as_its_own_kind_with_its_own_features() -> None:
    kinds = {"/boot": Content("ext2", "b" * 8, features=("filetype", "sparse_super")),
             "/": Content("xfs", "a" * 8, features=("bigtime", "crc"))}
    where = {m.source: m.target for m in MACHINE.mounts if m.target in kinds}

    def change(disk: Disk) -> Disk:
        return replace(disk, partitions=tuple(
            replace(p, content=kinds[where[p.path]]) if p.path in where else p
            for p in disk.partitions))

    machine = disks_changed(change, "PM-0001-A")
    machine = replace(machine, programs=(*machine.programs, ("mkfs.xfs", "/sbin/mkfs.xfs"),
                                         ("mkfs.ext2", "/sbin/mkfs.ext2")))
    plan = make_plan(machine, CHOICES)
    said = shown(plan, machine, "make-filesystems")
    assert "mkfs.ext2 -q -F" in said and "-O none,filetype,sparse_super" in said
    assert "bigtime=1,inobtcount=0,reflink=0" in said and "nrext64=0" in said
    assert "insmod ext2" in plan.config("custom.cfg").text


def test_without_a_boot_partition_the_kernel_is_below_boot() -> None:
    def change(disk: Disk) -> Disk:
        _, root, swap = disk.partitions
        moved = [replace(root, number=1, name="sdb1", path="/dev/sdb1"),
                 replace(swap, number=2, name="sdb2", path="/dev/sdb2")]
        return replace(disk, partitions=tuple(moved))

    mounts: list[Mount] = [replace(m, source="/dev/sdb1") if m.target == "/" else m
                           for m in MACHINE.mounts if m.target != "/boot"]
    machine = replace(disks_changed(change, "PM-0001-A"), mounts=tuple(mounts))
    plan = make_plan(machine, CHOICES)
    assert [a.holds for a in plan.arrays] == ["/"]
    assert f"/boot/vmlinuz-{MACHINE.kernel}" in plan.config("custom.cfg").text


@pytest.mark.parametrize("name", [
    "/dev/sda5", "/dev/disk/by-id/scsi-0PRACTICEDISK_PM-0001-A-part{number}",
    "/dev/disk/by-path/pci-0000:00:03.0-scsi-0:0:0:0-part{number}",
    "PARTUUID={partuuid}", "/dev/disk/by-uuid/{uuid}", "/dev/disk/by-partuuid/{partuuid}",
])
@pytest.mark.parametrize("kind", ["swap", "ext4"])
def test_fstab_may_call_a_partition_by_any_of_its_names(name: str, kind: str) -> None:
    partition = next(p for p in _source().partitions if p.content and p.content.kind == kind)
    assert partition.content is not None
    uuid = partition.content.uuid
    called = partition.path if name == "/dev/sda5" else name.format(
        number=partition.number, partuuid=partition.partuuid, uuid=uuid)
    lines = (MACHINE.file("/etc/fstab") or "").replace(f"UUID={uuid}", called)
    second = f"{called} /mnt/again {kind} noauto 0 0\n" if kind == "ext4" else ""
    files = {**dict(MACHINE.files), "/etc/fstab": lines + second}
    plan = make_plan(replace(MACHINE, files=tuple(files.items())), CHOICES)
    written = [line for line in plan.config("fstab").text.splitlines() if line[:1] != "#"]
    assert not any(line.split()[:1] == [called] for line in written)
    if kind == "swap":
        assert sum("x-systemd.device-timeout=30s" in line for line in written) == 2
    assert not plan.errors


def test_dracut_is_told_the_array_of_usr_too() -> None:
    """It mounts /usr beside the root, and starts no array that is not named."""
    machine = disks_changed(lambda d: replace(d, partitions=tuple(
        replace(p, content=Content("ext4", "0500-usr")) if p.number == 3 else p
        for p in d.partitions)), "PM-0001-A")
    programs = ("dracut", "lsinitrd")
    machine = replace(
        machine, swaps=(), mounts=(*machine.mounts, Mount("/usr", "/dev/sdb3", "ext4", "rw")),
        initramfs=replace(machine.initramfs, tool="dracut"),
        programs=(*machine.programs, *((name, f"/usr/bin/{name}") for name in programs)))
    plan = make_plan(machine, CHOICES)
    arrays = {f.mountpoint: plan.array_of(f).uuid for f in plan.filesystems}
    assert set(plan.boot.words) == {
        f"rd.md.uuid={arrays['/']}", f"rd.md.uuid={arrays['/usr']}"}
