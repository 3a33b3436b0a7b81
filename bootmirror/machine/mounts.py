"""Mounted file systems and active swap."""

from __future__ import annotations

import json
import os

from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.machine.model import Mount, Swap

# Asking these for their size would ask the kernel, or a server that may not answer.
PSEUDO = frozenset({
    "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
    "devtmpfs", "efivarfs", "fuse", "fusectl", "hugetlbfs", "mqueue", "nfs", "nfs4", "cifs", "proc",
    "pstore", "rpc_pipefs", "securityfs", "smb3", "sysfs", "tracefs",
})


def read_mounts(host: Host) -> tuple[Mount, ...]:
    """Every mount of this process's namespace in mount order, with use where it is cheap to ask."""
    columns = "TARGET,SOURCE,FSTYPE,OPTIONS,MAJ:MIN,FSROOT"
    result = host.run(
        ["findmnt", "--json", "--list", "--nofsroot", "--output", columns], quiet=True, timeout=60
    )
    return tuple(_mount(host, node) for node in json.loads(result.stdout)["filesystems"])


def _mount(host: Host, node: dict[str, str | None]) -> Mount:
    fstype, target = clean(node["fstype"]), node["target"] or ""
    size = used = inodes = 0
    if fstype not in PSEUDO and not fstype.startswith("fuse.") and (use := host.usage(target)):
        size = use.f_blocks * use.f_frsize
        used = (use.f_blocks - use.f_bfree) * use.f_frsize
        inodes = use.f_files - use.f_ffree
    return Mount(
        target=clean(target, 4096),
        source=clean(node["source"]),
        fstype=fstype,
        options=clean(node["options"], 4096),
        devno=clean(node["maj:min"]),
        fsroot=clean(node["fsroot"], 4096),
        size=size,
        used=used,
        inodes_used=inodes,
    )


def read_swaps(host: Host) -> tuple[Swap, ...]:
    """Active swap areas, from /proc/swaps (sizes there in KiB; proc(5))."""
    swaps = []
    for line in (host.read("/proc/swaps") or "").splitlines()[1:]:
        path, kind, size, used, *_ = line.split()
        plain = path.replace("\\040", " ")
        real = os.path.realpath(plain) if kind == "partition" else plain
        swaps.append(Swap(clean(real), clean(kind), int(size) * 1024, int(used) * 1024))
    return tuple(swaps)
