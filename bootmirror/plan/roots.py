"""Roots that cannot be mirrored by bootmirror: each its own sentence, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.crypttab import Crypttab
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine, Mount

CRYPTTAB = "/etc/crypttab"


def root_refusals(machine: Machine, root: Mount) -> Iterator[Refusal]:
    """Why a root that lies on no plain partition is refused. lsblk's types say what it lies on."""
    kinds = dict(machine.mapped)
    kind = kinds.get(root.source, "")
    below = {kinds.get(path, "") for group in machine.volume_groups
             if any(v.path == root.source for v in group.volumes) for path in group.physical}
    if machine.array(root.source):
        yield Refusal("root-on-md", f"The root is on the array {root.source} already.",
                      "There is nothing to convert; bootmirror status shows the mirror.")
    elif root.fstype == "btrfs":
        yield Refusal("root-btrfs", f"The root on {root.source} is btrfs, which mirrors by itself "
                      "and does not need md.",
                      "Add the second disk to it (btrfs device add, then btrfs balance start "
                      "-dconvert=raid1 -mconvert=raid1), and install the boot loader on it.")
    elif root.fstype == "zfs":
        yield Refusal("root-zfs", f"The root {root.source} is ZFS, which mirrors by itself and "
                      "does not need md.",
                      "Attach the second disk to its pool (zpool attach), and install the boot "
                      "loader on it.")
    elif kind == "crypt" or "crypt" in below:
        yield _encrypted(machine, root)
    elif kind == "mpath" or "mpath" in below:
        yield Refusal("root-multipath", f"The root is on the multipath device {root.source}: "
                      "several ways lead to one disk, and its storage looks after it.",
                      "Mirror it in the storage, or take multipath off local disks "
                      "(/etc/multipath.conf) and start again.")
    elif kind == "lvm":
        yield Refusal("root-lvm", f"The root is on the logical volume {root.source}, whose volume "
                      "group lies on several disks or on none bootmirror sees.",
                      "Move the group to one partition of one disk (pvmove, then vgreduce).")
    else:
        yield Refusal("root-unknown", f"The root is on {root.source} ({root.fstype}), not on a "
                      "partition of a disk or a volume on one. This layout is not supported yet.",
                      "ext2, ext3, ext4 and XFS can be converted, on a partition or a volume.")


def _encrypted(machine: Machine, root: Mount) -> Refusal:
    """crypttab names the device below."""
    entries = Crypttab.parse(machine.file(CRYPTTAB) or "").entries
    name = root.source.rsplit("/", 1)[-1]
    device = next((f", which crypttab opens on {e.device}" for e in entries if e.name == name), "")
    return Refusal(
        "root-luks", f"The root is on the encrypted device {root.source} (LUKS){device}: an array "
        "belongs below the encryption, where bootmirror cannot put it.",
        "Make an array of the second disk by hand, LUKS on it, and copy the system there; or "
        "install anew with encryption on RAID-1.")
