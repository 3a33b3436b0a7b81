"""What the rehearsed system would mount from disks that are not shown to it.

Only the conversion's disks are in the virtual machine. A line of fstab for any other one, without
nofail, ends the boot at the emergency prompt there, whatever it does on the real machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bootmirror.formats.device_names import link_of
from bootmirror.formats.fstab import Fstab, FstabEntry
from bootmirror.machine.model import Content, Disk, Machine, Mount
from bootmirror.machine.names import fstab_names

REMOTE = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "sshfs", "ceph", "glusterfs", "9p", "davfs")
NOT_AWAITED = ("nofail", "noauto", "x-systemd.automount")
_OF_FILES = ("/dev/loop", "/dev/zram", "/dev/ram")  # what lies in a file or in memory


@dataclass(frozen=True)
class Hidden:
    """Mount points and devices, as fstab and the console name them."""

    mounts: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()  # swap's too
    remote: tuple[str, ...] = ()  # mount points from over the network, which is not there either
    awaited: tuple[str, ...] = ()  # of the mounts: those that the boot cannot do without

    def holds(self, path: str) -> bool:
        """Whether a mount point lies at or below one of these, or it is one of the devices."""
        return path in self.devices or _below(path, self.mounts)

    def over_the_network(self, path: str) -> bool:
        return _below(path, self.remote)


NOTHING = Hidden()


def _below(path: str, places: Sequence[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def hidden_from(
    machine: Machine, disks: Sequence[Disk], fstab: str, own: Sequence[str] = ()
) -> Hidden:
    """What lies on other disks than these, by a system's fstab and by what is mounted here now.

    ``own``: mount points that are known to lie on these disks.
    """
    found: list[FstabEntry] = []
    remote: list[str] = []
    there = _Shown.of(machine, disks)
    elsewhere = there.other_links()
    for entry in Fstab.parse(fstab).entries:
        place = _place(entry)
        if place == "/" or place in own:
            continue
        mount = machine.mount(place) if place else None
        if entry.vfstype in REMOTE or entry.option("_netdev") is not None:
            remote.append(place)
        elif (link_of(entry.spec) in elsewhere or (mount is not None and not there.has(mount))
              or _bound(entry, [_place(e) for e in found if _place(e)])):
            found.append(entry)
    return Hidden(
        tuple(_place(e) for e in found if _place(e)),
        tuple(link_of(e.spec) for e in found),
        tuple(place for place in remote if place),
        tuple(_place(e) for e in found
              if _place(e) and not any(e.option(word) is not None for word in NOT_AWAITED)),
    )


def _place(entry: FstabEntry) -> str:
    """Where it is mounted; "" for swap."""
    return (entry.file.rstrip("/") or "/") if entry.file.startswith("/") else ""


def _bound(entry: FstabEntry, places: Sequence[str]) -> bool:
    """Whether it shows a directory of one of these once more."""
    return not entry.spec.startswith("/dev/") and _below(entry.spec.rstrip("/"), places)


@dataclass(frozen=True)
class _Shown:
    """The devices of this machine that lie on the rehearsed disks, by path, and all it has."""

    machine: Machine
    disks: tuple[Disk, ...]
    paths: frozenset[str]
    mapped: frozenset[str]  # device mapper's kernel names of what is built on them

    @classmethod
    def of(cls, machine: Machine, disks: Sequence[Disk]) -> _Shown:
        names = {name for disk in disks for name in (disk.name, *(p.name for p in disk.partitions))}
        arrays = [a for a in machine.arrays if any(m.name in names for m in a.members)]
        paths = {f"/dev/{name}" for name in names} | {array.path for array in arrays}
        paths |= {volume.path for group in machine.volume_groups if paths & {*group.physical}
                  for volume in group.volumes}
        built = [*(d.holders for d in disks), *(p.holders for d in disks for p in d.partitions),
                 *(array.holders for array in arrays)]
        return cls(machine, tuple(disks), frozenset(paths), frozenset(n for h in built for n in h))

    def has(self, mount: Mount) -> bool:
        """Whether a mount's device lies on them; one of no disk is there wherever its maker is."""
        number = mount.devno.rpartition(":")[2]
        return (not mount.source.startswith("/dev/") or mount.source.startswith(_OF_FILES)
                or mount.source in self.paths or f"dm-{number}" in self.mapped)

    def other_links(self) -> frozenset[str]:
        """What fstab may call anything that does not lie on them."""
        shown = {link_of(name) for disk in self.disks for p in disk.partitions
                 for name in fstab_names(disk, p)}
        shown |= {link_of(name) for name in self._built(shown=True)}
        others = {link_of(name) for disk in self.machine.disks if disk not in self.disks
                  for names in (_of_disk(disk), *(fstab_names(disk, p) for p in disk.partitions))
                  for name in names}
        return frozenset((others | {link_of(n) for n in self._built(shown=False)}) - shown)

    def _built(self, *, shown: bool) -> Iterator[str]:
        """The names of arrays and volumes."""
        for array in self.machine.arrays:
            if (array.path in self.paths) is shown:
                yield from (array.path, *_tags(array.content))
        for group in self.machine.volume_groups:
            for volume in group.volumes:
                if (volume.path in self.paths) is shown:
                    yield from (volume.path, f"/dev/{group.name}/{volume.name}",
                                *_tags(volume.content))


def _of_disk(disk: Disk) -> tuple[str, ...]:
    """For a disk without a partition table, which a file system fills."""
    return (disk.path, *disk.by_id, *disk.by_path, *_tags(disk.content))


def _tags(content: Content | None) -> tuple[str, ...]:
    if content is None:
        return ()
    return tuple(f"{tag}={value}" for tag, value in (("UUID", content.uuid),
                                                     ("LABEL", content.label)) if value)
