"""What bootmirror refuses before anything changes: pure functions over the facts.

Each refusal is one sentence about this machine and one that says the way out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from shlex import quote

from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.filesystems import FILESYSTEMS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.refusal import Refusal
from bootmirror.kinds.tables import TABLES
from bootmirror.machine.model import Content, Disk, Machine, Partition
from bootmirror.machine.system import PROGRAMS, PYPARTED
from bootmirror.plan.fitting import fit
from bootmirror.plan.initramfs_room import initramfs_refusals
from bootmirror.plan.leftovers import Leftovers, leftovers
from bootmirror.plan.mounted import (
    covered,
    encrypted,
    mounted_at,
    nameable,
    odd_mount_point,
    source_disk,
)
from bootmirror.plan.roots import root_refusals
from bootmirror.plan.shared_names import shared_name_refusals
from bootmirror.plan.volumes import group_refusals, groups_of
from bootmirror.sizes import readable

ALWAYS_NEEDED = (
    "mdadm", "rsync", "lsblk", "findmnt", "wipefs", "mkswap", "mount", "umount", "chroot",
    "udevadm", "modprobe", PYPARTED,
)
LVM = "LVM2_member"
FULLEST = 0.97  # of a file system; md's superblock and bitmap make the new one a little smaller
# What the copy's own programs, and its boot, need. Data elsewhere (/home, /srv) stays where it is.
SYSTEM_DIRECTORIES = frozenset(
    ("/boot", "/etc", "/opt", "/root", "/usr", "/usr/local", "/var", "/var/lib", "/var/lib/dpkg"))
NOT_YET = "This layout is not supported yet."


def machine_refusals(machine: Machine) -> tuple[Refusal, ...]:
    """Why nothing can be converted on this machine at all."""
    return tuple(_machine(machine))


def source_refusals(machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
    """Why this disk cannot be the source."""
    disk = machine.disk(disk_id)
    if disk is None:
        return (_unknown(disk_id),)
    return tuple(_source(machine, disk))


def mirror_refusals(
    machine: Machine,
    source_id: str,
    disk_id: str,
    allow_removable: bool = False,
    own_arrays: Collection[str] = (),
) -> tuple[Refusal, ...]:
    """Why this disk cannot be the mirror of that source.

    ``own_arrays`` are md UUIDs of an earlier try of the same plan: their members are ours to erase.
    """
    disk, source = machine.disk(disk_id), machine.disk(source_id)
    if disk is None:
        return (_unknown(disk_id),)
    twins = tuple(_twins(machine, disk))
    if twins:  # said alone: which of them the rest would be about, nobody knows
        return twins
    if source is not None and source.path == disk.path:
        return (Refusal("same-disk", f"{source.name} cannot mirror itself.",
                        "Choose another disk as the mirror."),)
    running = source_disk(machine)
    if running is not None and running.path == disk.path:
        # Said alone: nobody shall be told to unmount it.
        return (Refusal("running-system", f"{disk.name} holds the running system.",
                        "Choose another disk as the mirror."),)
    found = list(_mirror(machine, disk, own_arrays))
    if disk.removable and not allow_removable:
        found.append(Refusal(
            "removable", f"{disk.name} is a removable disk.",
            "Allow removable disks (--allow-removable) if it is really meant to stay."))
    if source is not None:
        found += _beside(machine, source, disk)
    return tuple(found)


def _twins(machine: Machine, disk: Disk) -> Iterator[Refusal]:
    """Disks that nothing tells apart but their place: two ways to one disk, or a copy's numbers."""
    twins = [other.name for other in machine.disks if other.id == disk.id]
    if len(twins) > 1:
        yield Refusal("same-identity", f"{' and '.join(twins)} answer to the same identity "
                      f"{disk.id}.", "Detach one of them; bootmirror will not guess.")


def _spread(machine: Machine, disk: Disk) -> Iterator[Refusal]:
    """Volume groups that lie on other disks too: they would lose a part."""
    own = {disk.path, *(p.path for p in disk.partitions)}
    for group in machine.volume_groups:
        others = [path for path in group.physical if path not in own]
        if others and own & set(group.physical):
            yield Refusal("lvm", f"{disk.name} belongs to the volume group {group.name}, which "
                          f"lies on {', '.join(others)} too.",
                          f"Take it out of the group (vgreduce {quote(group.name)}) if it may be "
                          "erased.")


def _unknown(disk_id: str) -> Refusal:
    return Refusal("unknown-disk", f"There is no disk {disk_id} on this machine.",
                   "Look at the list of bootmirror status or lsblk and name one of its disks.")


def _machine(machine: Machine) -> Iterator[Refusal]:
    if not machine.is_root:
        yield Refusal("not-root", "bootmirror must run as root to see and change disks.",
                      "Start it with sudo.")
        return  # what an ordinary user does not see looks as if it were missing
    if machine.environment:
        what = {"container": "a container", "live": "a live system"}[machine.environment]
        yield Refusal("environment", f"This is {what}, not an installed machine.",
                      "Log in to the installed machine itself and start bootmirror there.")
        return
    yield from _root(machine)
    yield from _boot(machine)
    needed = {*ALWAYS_NEEDED, *_kind_programs(machine)}
    for name in sorted(needed):
        if not machine.program(name):
            package = PROGRAMS.get(name, "e2fsprogs")
            yield Refusal("missing-program", f"{_called(name)} is not installed.",
                          f"Install the package {package}.")


def _called(program: str) -> str:
    return "The Python package pyparted" if program == PYPARTED else f"The program {program}"


def _root(machine: Machine) -> Iterator[Refusal]:
    root = machine.mount("/")
    if root is None or source_disk(machine) is not None:
        return
    yield from root_refusals(machine, root)


def _boot(machine: Machine) -> Iterator[Refusal]:
    kind = machine.boot_loader.kind
    if kind not in BOOT_LOADERS:
        name = kind or "a boot loader bootmirror does not know"
        yield Refusal("boot-loader", f"This machine boots with {name}. {NOT_YET}",
                      "Only GRUB and LILO can be converted.")
    if machine.initramfs.tool not in INITRAMFS:
        name = machine.initramfs.tool or "no tool bootmirror knows"
        yield Refusal("initramfs", f"The initramfs is built by {name}. {NOT_YET}",
                      "Only initramfs-tools and dracut can be converted.")
    else:
        yield from initramfs_refusals(machine)


def _kind_programs(machine: Machine) -> set[str]:
    loader = BOOT_LOADERS.get(machine.boot_loader.kind)
    tool = INITRAMFS.get(machine.initramfs.tool)
    return {*(loader.programs if loader else ()), *(tool.programs if tool else ())}


def _source(machine: Machine, disk: Disk) -> Iterator[Refusal]:
    root = source_disk(machine)
    twins = tuple(_twins(machine, disk))
    if twins:
        yield from twins
        return
    if root is not None and disk.path != root.path:
        yield Refusal("not-the-root", f"{disk.name} does not hold the running system; it runs from "
                      f"{root.name}.", f"Choose {root.name} as the source.")
        return
    table = TABLES.get(disk.table)
    if table is None:
        name = f"a {disk.table} partition table" if disk.table else "no partition table"
        yield Refusal("table", f"{disk.name} has {name}. {NOT_YET}",
                      "Only MBR and GPT partition tables can be converted.")
        return
    loader = BOOT_LOADERS.get(machine.boot_loader.kind)
    if loader is not None:
        yield from loader.refusals(machine, disk)
    for partition in disk.partitions:
        yield from _source_partition(machine, partition, table.role(partition))
    yield from table.refusals(disk)
    yield from shared_name_refusals(machine, disk)
    yield from _elsewhere(machine, disk)
    if machine.initramfs.tool == "dracut" and any(groups_of(machine, disk)):
        yield Refusal("dracut-lvm", f"{disk.name} has a volume group, and the initramfs is built "
                      f"by dracut: bootmirror has not learnt both together. {NOT_YET}",
                      "Install initramfs-tools in its place.")


def _elsewhere(machine: Machine, disk: Disk) -> Iterator[Refusal]:
    """Parts of the system itself that lie on another disk: neither half would hold them."""
    own = {p.path for p in disk.partitions}
    own |= {v.path for _, group in groups_of(machine, disk) for v in group.volumes}
    for mount in machine.mounts:
        if (mount.target in SYSTEM_DIRECTORIES and mount.source.startswith("/dev/")
                and mount.source not in own):
            yield Refusal("elsewhere", f"{mount.target} is on {mount.source}, not on {disk.name}: "
                          f"the mirror would not hold it. {NOT_YET}",
                          f"Move {mount.target} to {disk.name} first.")


def _source_partition(machine: Machine, partition: Partition, role: Role | None
                      ) -> Iterator[Refusal]:
    name, content = partition.name, partition.content
    if role in (Role.EXTENDED, Role.BIOS_BOOT):
        return
    if role is Role.ESP:
        if machine.firmware == "uefi":
            return  # its boot loader's to judge
        yield Refusal("esp", f"{name} is an EFI system partition, and this machine starts with a "
                      f"BIOS. {NOT_YET}", "Delete it if nothing starts from it.")
    elif content is not None and content.kind == LVM:
        yield from group_refusals(machine, partition)
    elif partition.holders:
        yield Refusal("holders", f"{name} is used by {', '.join(partition.holders)}: an array or a "
                      f"crypt device. {NOT_YET}",
                      "File systems, swap and LVM that lie on partitions can be converted for now.")
    elif content is None:
        yield Refusal("empty-partition", f"{name} holds nothing bootmirror knows.",
                      "Make a file system on it, or delete the partition.")
    elif content.kind in FILESYSTEMS:
        yield from _source_filesystem(machine, partition, content)
    elif content.kind != "swap":
        yield Refusal("content", f"{name} holds {content.kind}. {NOT_YET}",
                      "Only ext2, ext3, ext4, XFS and swap can be converted for now.")


def _source_filesystem(
    machine: Machine, partition: Partition, content: Content
) -> Iterator[Refusal]:
    kind, mount = content.kind, mounted_at(machine, partition)
    yield from encrypted(partition.name, content)
    if mount is not None:
        yield from covered(machine, partition.name, mount)
    if mount is None:
        yield Refusal("not-mounted", f"{partition.name} holds {kind} but is not mounted.",
                      "Mount it where it belongs (and enter it in /etc/fstab), or delete it.")
    elif not nameable(mount):
        yield odd_mount_point(partition.name, mount)
    elif mount.size and mount.used > FULLEST * mount.size:
        yield Refusal("full", f"{mount.target} is full: {readable(mount.used)} of "
                      f"{readable(mount.size)}; an array's superblock needs some room.",
                      "Remove or move files until at least 3% are free.")
    program = FILESYSTEMS[kind].program
    if not machine.program(program) and program in PROGRAMS:
        yield Refusal("missing-program", f"The program {program} is not installed.",
                      f"Install the package {PROGRAMS[program]}.")


def _mirror(machine: Machine, disk: Disk, own: Collection[str]) -> Iterator[Refusal]:
    places = {disk.path: disk.name, **{p.path: p.name for p in disk.partitions}}
    old = leftovers(machine, disk)
    for mount in machine.mounts:
        if mount.source in places:
            yield Refusal("mounted", f"{places[mount.source]} is mounted on {mount.target}.",
                          f"Unmount it (umount {quote(mount.target)}) if it may be erased.")
    for swap in machine.swaps:
        if swap.path in places:
            yield Refusal("swap", f"{places[swap.path]} is in use as swap.",
                          f"Switch it off (swapoff {quote(swap.path)}) if it may be erased.")
    for name in (disk.name, *(p.name for p in disk.partitions)):
        array = machine.array_of(name)
        if array is not None and array.uuid not in own and array not in old.arrays:
            yield Refusal("array-member", f"{name} is a member of the array {array.name}.",
                          f"Stop the array (mdadm --stop {array.path}) if it may be erased.")
    yield from _stacked(disk, old)
    yield from _spread(machine, disk)
    if disk.read_only:
        yield Refusal("read-only", f"{disk.name} is read-only.",
                      "Look for a write-protect switch, or choose another disk.")


def _stacked(disk: Disk, old: Leftovers) -> Iterator[Refusal]:
    items: tuple[Disk | Partition, ...] = (disk, *disk.partitions)
    for item in items:
        kind = item.content.kind if item.content else ""
        mapped = [holder for holder in item.holders
                  if holder.startswith("dm-") and holder not in old.devices]
        if kind == LVM and mapped:
            yield Refusal("lvm", f"{item.name} belongs to LVM, and is in use.",
                          "Unmount its volumes and deactivate their group (vgchange -an) if it may "
                          "be erased.")
        elif kind == "crypto_LUKS":
            yield Refusal("crypt", f"{item.name} belongs to a crypt device (LUKS).",
                          f"Take it out of use and clear it (wipefs -a {quote(item.path)}) if it "
                          "may be erased.")
        elif mapped:
            yield Refusal("mapped", f"{item.name} is used by the device mapper "
                          f"({', '.join(mapped)}).",
                          "Remove that mapping (dmsetup ls shows it) if the disk may be erased.")


def _beside(machine: Machine, source: Disk, mirror: Disk) -> Iterator[Refusal]:
    if source.sector_size != mirror.sector_size:
        yield Refusal("sector-size", f"{mirror.name} has sectors of {mirror.sector_size} bytes, "
                      f"{source.name} of {source.sector_size}.",
                      "Choose a mirror with the same sector size.")
    table = TABLES.get(source.table)
    problem = fit(machine, source, mirror, table).problem if table else ""
    if problem:
        yield Refusal("too-small", problem,
                      "Choose a larger disk, or make room on the source first.")
