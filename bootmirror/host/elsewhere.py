"""Unmounting in another process's mount namespace: a small program, and how it is called.

It is a process of its own: setns(2) takes no process with threads into a mount namespace. All it
needs is loaded before it enters, and nothing is run or loaded there: a container's own umount, or
its libraries, would run as root. So it imports nothing of bootmirror either.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

CLONE_NEWNS = 0x00020000  # linux/sched.h
UMOUNT_NOFOLLOW = 8  # linux/fs.h
PLACE = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


def unmounting(pid: int, mounts: Iterable[tuple[int, str]]) -> list[str]:
    """The command that unmounts in a process's namespace: each by the kernel's number and its path
    as the process sees it. It ends with 1 when one could not be unmounted."""
    words = [word for number, path in mounts for word in (str(number), path)]
    # Without site (-S): it needs the standard library alone.
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(pid), *words]


def main(pid: str, *words: str) -> int:
    """Entry."""
    libc = ctypes.CDLL(None, use_errno=True)
    setns, umount2 = libc.setns, libc.umount2
    proc = os.open("/proc", PLACE)
    try:
        namespace = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        # The paths begin there, which need not be the root of its namespace.
        root = os.open(f"/proc/{pid}/root", PLACE)
        _checked(setns(namespace, CLONE_NEWNS))
        os.fchdir(root)
        os.chroot(".")
    except OSError as error:
        print(f"process {pid}: {error.strerror}")
        return 1
    failed = 0
    for number, path in zip(words[::2], words[1::2], strict=True):
        try:
            if _lies_there(proc, number, path):
                _checked(umount2(os.fsencode(path), UMOUNT_NOFOLLOW))
        except OSError as error:
            print(f"{path!a}: {error.strerror}")
            failed = 1
    return failed


def _lies_there(proc: int, number: str, path: str) -> bool:
    """Whether a path still leads to the mount that is meant: who is root there may have made it
    lead to another, which he may not unmount himself."""
    handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        told = os.open(f"self/fdinfo/{handle}", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            lines = os.read(told, 4096).splitlines()
        finally:
            os.close(told)
    finally:
        os.close(handle)
    return f"mnt_id:\t{number}".encode() in lines


def _checked(code: int) -> None:
    if code:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
