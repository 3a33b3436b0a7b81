"""Running programs whose files belong together: a copy of some while others change is torn.

A database's tables and its log, a disk image: rsync reads one file after the other, and what it
took together may never have been so at one moment.
"""

from __future__ import annotations

from bootmirror.host.host import Host

# By the name the kernel has (proc(5), comm: 15 characters).
WRITERS = frozenset({
    "etcd", "influxd", "mariadbd", "mongod", "mysqld", "postgres", "qemu-system-aar",
    "qemu-system-x86", "redis-server", "slapd", "VBoxHeadless",
})


def read_writers(host: Host) -> tuple[str, ...]:
    """The names of those that run, sorted."""
    names = {(host.read(f"/proc/{pid}/comm") or "").strip()
             for pid in host.listing("/proc") if pid.isdigit()}
    return tuple(sorted(names & WRITERS))
