"""Adds to the small server what is hardest to copy.

Names of any bytes and of every length, a path that nearly has PATH_MAX bytes, links, holes,
attributes, flags.
"""

# Names are bytes here, and relative where their paths grow too long.
# ruff: noqa: PTH101, PTH102, PTH103, PTH123, PTH211

from __future__ import annotations

import os
import socket
import stat

from bootmirror.steps.file_flags import get_flags, set_flags
from tests.lab.guest.acl import posix_acl

PLACE = b"/srv/hard"
PATH_MAX = 4096  # linux/limits.h
LEVEL = b"level-of-15----"
NAMES = (
    b"line\nbreak", b"\n", b"tab\tand \x7f", b"\x1b[31mred\x1b]0;title\x07",
    b"\xff\xfe\x80 not utf-8",
    "\u202egnp.exe".encode(), b"\xc2\x9b31m", b"-rf", b"--delete", b"- ", b" ", b"~", b"*", b"[a]?",
    b"$(reboot)", b"`id`", b"back\\slash", b"\\#012", b"quote'\"", b"n" * 255, b"\xe9" * 255,
    "\U0001f4a5".encode() * 63, b".bootmirror-orig", b"..name", b"#", b"%s%n",
)


def main() -> None:
    os.umask(0o022)
    os.mkdir(PLACE)
    os.chdir(PLACE)
    names()
    links()
    holes()
    special()
    attributes()
    flags()
    deep(PLACE + b"/deep", PATH_MAX - 100)
    os.sync()


def names() -> None:
    for number, name in enumerate(NAMES):
        write(b"file-" + name[:250], name)
        os.mkdir(name)
        write(name + b"/" + name, b"%d\n" % number)
        os.symlink(name, b"link-%d" % number)


def write(path: bytes, content: bytes = b"") -> None:
    with open(path, "wb") as file:
        file.write(content)


def links() -> None:
    write(b"one", b"many names\n")
    for number in range(300):
        os.makedirs(b"links/%d" % (number % 7), exist_ok=True)
        os.link(b"one", b"links/%d/%d" % (number % 7, number))
    os.symlink(b"x" * 1000, b"long target")
    os.link(b"long target", b"long target too", follow_symlinks=False)
    os.mkfifo(b"pipe")
    os.link(b"pipe", b"pipe too")


def holes() -> None:
    with open(b"many holes", "wb") as file:
        for number in range(64):
            file.seek(number << 20)
            file.write(b"%d" % number)
    with open(b"all hole", "wb") as file:
        file.truncate(1 << 30)
    with open(b"reserved", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 1 << 20)


def special() -> None:
    os.mknod(b"console", stat.S_IFCHR | 0o600, os.makedev(5, 1))
    os.mknod(b"large number", stat.S_IFBLK | 0o660, os.makedev(259, 70_000))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(b"socket \xff")
    os.mkdir(b"sticky and all")
    os.chmod(b"sticky and all", 0o7777)
    write(b"nobody's")
    os.chown(b"nobody's", 4_294_967_294, 4_294_967_290)
    os.chmod(b"nobody's", 0o000)
    write(b"from before 1970")
    os.utime(b"from before 1970", ns=(-86_400_123_456_789, -86_400_123_456_789))
    write(b"from after 2038")
    os.utime(b"from after 2038", ns=(5_000_000_000_123_456_789,) * 2)


def attributes() -> None:
    write(b"attributes")
    os.setxattr(b"attributes", "user.\xe9", bytes(range(256)))
    os.setxattr(b"attributes", "user.empty", b"")
    os.setxattr(b"attributes", "trusted.overlay.opaque", b"y")
    os.setxattr(b"attributes", "security.ima", b"\x01\x02")
    # cap_setuid+ep in revision 2 (linux/capability.h)
    write(b"capable \xff", b"#!/bin/false\n")
    os.setxattr(b"capable \xff", "security.capability",
                bytes.fromhex("0100000280000000000000000000000000000000"))
    os.mkdir(b"for all below")
    os.setxattr(b"for all below", "system.posix_acl_default", posix_acl())
    write(b"for all below/inherits")


def flags() -> None:
    """As chattr sets them: +i on a file and on a directory with one in it, +a, +d and +A."""
    write(b"never changes", b"for ever\n")
    os.mkdir(b"nothing comes")
    write(b"nothing comes/in here")
    write(b"only grows", b"a log\n")
    write(b"no dump, no times")
    for path, wanted in ((b"never changes", 0x10), (b"nothing comes/in here", 0x10),
                         (b"nothing comes", 0x10), (b"only grows", 0x20),
                         (b"no dump, no times", 0xC0)):
        handle = os.open(path, os.O_RDONLY)
        set_flags(handle, get_flags(handle) | wanted)
        os.close(handle)


def deep(top: bytes, length: int) -> None:
    """Directories below each other until the path has that many bytes, a file in the last."""
    os.mkdir(top)
    os.chdir(top)
    used = len(top)
    while used + len(LEVEL) + 1 < length:
        os.mkdir(LEVEL)
        os.chdir(LEVEL)
        used += len(LEVEL) + 1
    write(b"bottom", b"far down\n")
    os.setxattr(b"bottom", "user.note", b"deep")
    os.link(b"bottom", b"bottom too")
    os.chdir("/")


if __name__ == "__main__":
    main()
