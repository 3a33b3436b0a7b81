"""Mount namespaces of other processes: who has what mounted where no list of ours shows it.

A service or a container that begins while something of ours is mounted gets a mount of it that is
its own (mount_namespaces(7)), and keeps it when we unmount ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bootmirror.formats.mountinfo import MountEntry, parse_mountinfo
from bootmirror.host.clean import clean
from bootmirror.host.host import Host

# Bytes of one namespace's mounts: a hundred thousand of them (fs.mount-max), long ones.
LARGEST = 16 << 20
NAMED = 3  # so many processes are named; more say no more


@dataclass(frozen=True)
class Namespace:
    """Another mount namespace, as a process in it sees it."""

    pid: int
    process: str  # its name
    mounts: tuple[MountEntry, ...]  # those that were asked for, in mount order


def own_mounts(host: Host) -> tuple[MountEntry, ...]:
    """Every mount of this process's namespace, in mount order."""
    return _mounts(host, "self") or ()


def other_namespaces(
    host: Host, wanted: Callable[[MountEntry], bool]
) -> tuple[Namespace, ...]:
    """Those with such a mount, each once for each root that processes in it have."""
    return tuple(_others(host, wanted))


def _others(host: Host, wanted: Callable[[MountEntry], bool]) -> Iterator[Namespace]:
    ours = host.link("/proc/self/ns/mnt")
    seen = set()
    for pid in sorted(int(name) for name in host.listing("/proc") if name.isdecimal()):
        namespace, root = host.link(f"/proc/{pid}/ns/mnt"), host.link(f"/proc/{pid}/root")
        if namespace in ("", ours) or (namespace, root) in seen:
            continue
        mounts = _mounts(host, str(pid))
        if mounts is None:  # it has ended: another may be in the same one
            continue
        seen.add((namespace, root))
        if found := tuple(mount for mount in mounts if wanted(mount)):
            yield Namespace(pid, clean(host.read(f"/proc/{pid}/comm")), found)


def _mounts(host: Host, process: str) -> tuple[MountEntry, ...] | None:
    data = host.content(f"/proc/{process}/mountinfo", length=LARGEST)
    return None if data is None else parse_mountinfo(data.decode("utf-8", "surrogateescape"))


def numbers_of(host: Host, paths: Iterable[str]) -> frozenset[str]:
    """major:minor of devices and of what lies on them (array, volume)."""
    names = [host.resolve(path).rsplit("/", 1)[-1] for path in paths]
    for name in names:
        names += [n for n in host.listing(f"/sys/class/block/{name}/holders") if n not in names]
    return frozenset(
        number for name in names
        if (number := (host.read(f"/sys/class/block/{name}/dev") or "").strip()))


def mounted_elsewhere(host: Host, paths: Iterable[str]) -> tuple[Namespace, ...]:
    """The other namespaces in which one of these is mounted."""
    numbers = numbers_of(host, paths)
    return other_namespaces(host, lambda mount: mount.devno in numbers)


def named(namespaces: Sequence[Namespace]) -> str:
    """Their processes, for a sentence."""
    told = [f"{n.process} (process {n.pid})" for n in namespaces[:NAMED]]
    return ", ".join(told) + (" and others" if len(namespaces) > NAMED else "")


def way_out(namespaces: Sequence[Namespace]) -> str:
    """What a person does about what they hold."""
    pids = " ".join(str(n.pid) for n in namespaces[:NAMED])
    return ("Restart or stop the service, or end the program (systemctl status "
            f"{pids} names it), then go on.")
