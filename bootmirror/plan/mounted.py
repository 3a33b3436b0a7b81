"""Which disk the system runs from, and where its file systems are mounted."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Content, Disk, Machine, Mount, Partition


def source_disk(machine: Machine) -> Disk | None:
    """The disk that holds the running root, on a partition or in a volume group, or None."""
    root = machine.mount("/")
    if root is None:
        return None
    below = next((g.physical for g in machine.volume_groups
                  if any(v.path == root.source for v in g.volumes)), (root.source,))
    found = [d for d, p in machine.partitions() if p.path in below]
    return found[0] if len({d.path for d in found}) == 1 else None


def nameable(mount: Mount) -> bool:
    """Whether the mount point's name is the real one: not written out, or cut, when it was cleaned
    (then there is a backslash, or the ellipsis, in it)."""
    return "\\" not in mount.target and not mount.target.endswith("…")


def mounted_at(machine: Machine, partition: Partition) -> Mount | None:
    """Where a partition's file system is mounted by itself: the mount of its whole tree."""
    whole = [m for m in machine.mounts_of(partition.path) if m.fsroot == "/"]
    return next((m for m in whole if not m.target.startswith("/run/")), None)


def covered(machine: Machine, name: str, mount: Mount) -> Iterator[Refusal]:
    """When what is mounted there is not what its path shows: the copy is made from the path.

    Mounts come in the order they were made in. What lies beneath (systemd's own automount of the
    very same file system, say) hides nothing; what was mounted on / later, the running do not see.
    """
    over: Mount | None = None
    for other in machine.mounts:
        if other.target == mount.target:
            same = (other.source, other.fsroot) == (mount.source, mount.fsroot)
            over = None if same else other
        elif other.target != "/" and mount.target.startswith(f"{other.target}/"):
            over = other
    if over is not None:
        where = "" if over.target == mount.target else f" on {over.target}"
        yield Refusal("covered", f"{mount.target} of {name} is covered by {over.source} "
                      f"({over.fstype}){where}: the copy would hold that in its place.",
                      f"Unmount that (umount {quote(over.target)}), then plan again.")


def odd_mount_point(name: str, mount: Mount) -> Refusal:
    """Why what is mounted there cannot be converted."""
    return Refusal("mount-point", f"{name} is mounted on {mount.target}, whose name holds "
                   "characters that bootmirror cannot write down.",
                   "Give that directory a name of printable characters, without backslashes, and "
                   "mend /etc/fstab.")


def encrypted(name: str, content: Content | None) -> Iterator[Refusal]:
    """For a file system with fscrypt's directories."""
    if content is not None and "encrypt" in content.features:
        yield Refusal("encrypt", f"{name} has encrypted directories (fscrypt): what is unlocked "
                      "would be copied in clear text, what is not could not be read.",
                      "Move them to a file system of their own, on another disk, and make this "
                      "one anew without that feature.")
