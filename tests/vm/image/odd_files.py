"""Makes files that a careless copy would spoil. Runs as root on the practice machine, once.

    python3 odd_files.py DIRECTORY ROOT

DIRECTORY gets the files; ROOT is a bind mount of the root file system, through which files are put
where they lie hidden under mount points.
"""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path


def _write(path: Path, data: bytes = b"content\n", mode: int = 0o644) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True)


def hard_links(base: Path) -> None:
    """Names of one file in several directories, among them a setuid one and a symbolic link."""
    first = _write(base / "links-a", b"linked\n")
    for place in ("d1", "d2/deep"):
        (base / place).mkdir(parents=True)
        os.link(first, base / place / "links-b")
    tool = _write(base / "setuid-tool", b"#!/bin/true\n", 0o4755)
    os.link(tool, base / "d1" / "setuid-tool-too")
    (base / "symlink-a").symlink_to("links-a")
    os.link(base / "symlink-a", base / "d1" / "symlink-b", follow_symlinks=False)


def rights(base: Path) -> None:
    """Modes, owners, ACLs, extended attributes, capabilities."""
    _write(base / "mode-0000", mode=0)
    _write(base / "setgid", mode=0o2755)
    sticky = base / "sticky-dir"
    sticky.mkdir()
    sticky.chmod(0o3777)
    os.chown(_write(base / "odd-owner"), 4_000_000_000, 65_534)
    os.chown(_write(base / "setuid-other", mode=0o755), 1234, 5678)
    (base / "setuid-other").chmod(0o6755)  # after chown, which clears it
    _run("setfacl", "-m", "u:1234:rwx,g:5678:r-x,m::rwx", str(_write(base / "acl-file")))
    shared = base / "acl-default-dir"
    shared.mkdir()
    _run("setfacl", "-m", "d:u:1234:rwx,u:1234:rx", str(shared))
    _write(shared / "inherits")
    marked = _write(base / "xattrs")
    os.setxattr(marked, "user.note", b"kept\0with a zero byte")
    os.setxattr(marked, "trusted.note", b"for root only")
    os.setxattr(marked, "user.large", bytes(range(256)) * 8)
    os.setxattr(shared, "user.on-directory", b"yes")
    _run("setcap", "cap_net_raw,cap_net_bind_service+ep", str(_write(base / "capable", mode=0o755)))


def content(base: Path) -> None:
    """Holes, sizes, an empty file."""
    with (base / "sparse").open("wb") as file:
        file.write(b"head")
        file.seek(200 << 20)
        file.write(b"middle")
        file.truncate(300 << 20)
    with (base / "all-hole").open("wb") as file:
        file.truncate(50 << 20)
    _write(base / "zeros-written", bytes(1 << 20))
    _write(base / "empty", b"")
    block = bytes((i * 7 + i // 256) % 251 for i in range(1 << 20))
    with (base / "big").open("wb") as file:
        for number in range(48):
            file.write(number.to_bytes(4, "big") + block[4:])


def special(base: Path) -> None:
    """Device nodes, a fifo, a socket."""
    os.mknod(base / "block-device", stat.S_IFBLK | 0o600, os.makedev(7, 200))
    os.mknod(base / "char-device", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mkfifo(base / "fifo", 0o640)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(base / "socket"))


def names(base: Path) -> None:
    """Names that break careless programs, symbolic links that point nowhere, depth."""
    raw = os.fsencode(base)
    for name in (b"new\nline", b"tab\there", b"latin-\xe9\xff", b"-rf", b" lead", b"trail ", b"*",
                 b"quote'\"", b"back\\slash", b"esc\x1b[31mred", "grün-山".encode(), b"n" * 255):
        Path(os.fsdecode(raw + b"/" + name)).write_bytes(b"odd name\n")
    (base / "dangling").symlink_to("nowhere/at all")
    (base / "absolute").symlink_to("/etc/passwd")
    (base / "loop").symlink_to("loop")
    (base / "long-target").symlink_to("x" * 1000)  # XFS takes 1023
    os.lchown(base / "dangling", 1234, 5678)
    (base / "empty-dir").mkdir(mode=0o711)
    deep = base
    for level in range(40):
        deep = deep / f"level-{level:02}"
        deep.mkdir()
    _write(deep / "bottom")
    crowd = base / "crowd"
    crowd.mkdir()
    for number in range(2000):
        (crowd / f"{number:05}").write_bytes(b"%d\n" % number)


def times(base: Path) -> None:
    """Modification times: long ago, far ahead, to the nanosecond. Comes last: it dates files."""
    for name, stamp in (("time-1970", 1), ("time-before-1970", -86_400 * 365 * 10 * 10**9 + 5),
                        ("time-2100", 4_102_444_800_123_456_789),
                        ("time-nanoseconds", 1_600_000_000_987_654_321)):
        os.utime(_write(base / name), ns=(stamp, stamp))
    os.utime(base / "dangling", ns=(10**18 + 7, 10**18 + 7), follow_symlinks=False)
    os.utime(base / "empty-dir", ns=(10**18 + 11, 10**18 + 11))


def hidden(root: Path) -> None:
    """Files under mount points, where nobody sees them while the machine runs."""
    _write(root / "boot" / "hidden-under-boot", b"from before /boot was a partition\n")
    _write(root / "tmp" / "hidden-under-tmp", b"from before /tmp was in memory\n", 0o600)


def main() -> None:
    base, root = Path(sys.argv[1]), Path(sys.argv[2])
    os.umask(0o022)
    base.mkdir()
    for make in (hard_links, rights, content, special, names, times):
        make(base)
    hidden(root)


if __name__ == "__main__":
    main()
