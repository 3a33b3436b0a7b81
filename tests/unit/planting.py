"""What somebody might leave under the name of a file of ours, waiting for root to come by."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

VICTIM = "kept as it is\n"  # the content of the file that a plant aims at
THEIRS = 65534  # nobody


def link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def dangling_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim.with_name("made-by-us"))


def second_name(path: Path, victim: Path) -> None:
    path.hardlink_to(victim)


def pipe(path: Path, victim: Path) -> None:
    del victim
    os.mkfifo(path, 0o600)


def directory(path: Path, victim: Path) -> None:
    del victim
    path.mkdir(mode=0o700)


def listener(path: Path, victim: Path) -> None:
    del victim
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # such a name must be short
    path.chmod(0o600)


def open_to_all(path: Path, victim: Path) -> None:
    del victim
    path.write_text("theirs\n")
    path.chmod(0o666)


def theirs(path: Path, victim: Path) -> None:
    """Only root can make one."""
    del victim
    path.write_text("theirs\n")
    path.chmod(0o600)
    os.chown(path, THEIRS, THEIRS)


Plant = Callable[[Path, Path], None]
PLANTS: list[Plant] = [
    link, dangling_link, second_name, pipe, directory, listener, open_to_all,
    *([theirs] if os.geteuid() == 0 else []),
]


def untouched(victim: Path) -> bool:
    """Whether the file that was aimed at is as it was, and nothing was made beside it."""
    return victim.read_text() == VICTIM and not victim.with_name("made-by-us").exists()
