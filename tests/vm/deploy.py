"""Puts the working tree's bootmirror on a practice machine, as a package would."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from tests.vm.ssh import Ssh

PROJECT = Path(__file__).parents[2]
SITE = "/opt/bootmirror/lib/python3.*/site-packages"
COMMAND = "/opt/bootmirror/bin/bootmirror"


def _wanted(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if "__pycache__" in entry.name:
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def packed() -> bytes:
    """The packages bootmirror and tui, and the command, as a tar file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for package in ("bootmirror", "tui"):
            tar.add(PROJECT / package, arcname=package, filter=_wanted)
        tar.add(PROJECT / "bin/bootmirror", arcname="bootmirror-command", filter=_wanted)
    return buffer.getvalue()


def deploy(ssh: Ssh) -> None:
    """Install the code and compile it (an emulated processor is slow to do that at each start)."""
    script = (
        f"set -e; cd {SITE}; rm -rf bootmirror tui; tar xf -;"
        " python3 -m compileall -q bootmirror tui;"
        f" mv bootmirror-command {COMMAND}; ln -sf {COMMAND} /usr/local/sbin/bootmirror"
    )
    ssh.run("sh", "-c", script, stdin=packed())
