"""Files that the old system writes after the final copy: late.py write, and late.py kept.

``late.py kernel`` puts a kernel there, before it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.lab.guest.results import hand_back

KEPT = Path("/var/lib/bootmirror/late-files")


def write() -> None:
    """As services do until the machine goes down."""
    Path("/srv/mail").write_text("it came late\n")
    Path("/etc/hostname").write_text("renamed late\n")
    Path("/opt/d3").rename("/opt/moved")
    Path("/opt/d4/f4").touch()
    Path(os.fsdecode(b"/srv/late-\xff\n")).write_text("odd\n")
    Path("/boot/#late").write_text("no comment\n")
    Path("/boot/late").write_text("on the other file system\n")
    # Left out: what bootmirror made itself in the copy, and what is alike all the same.
    Path("/boot/grub/grub.cfg").write_text("# the old system's\n")
    Path("/opt/d5/f5").chmod(0o600)
    Path("/opt/d5/f5").chmod(0o644)


def kept() -> None:
    """Every file that was saved, with its text; how the running system's own fares."""
    found = {
        str(path.relative_to(KEPT)).encode("utf-8", "backslashreplace").decode():
            path.read_text()[:40] if path.stat().st_size < 4096 else ""
        for path in sorted(KEPT.rglob("*")) if path.is_file()
    }
    hand_back({"kept": found, "hostname": Path("/etc/hostname").read_text()})


def kernel() -> None:
    Path("/boot/vmlinuz-6.1.177").write_text("an upgrade, meanwhile\n")


{"write": write, "kept": kept, "kernel": kernel}[sys.argv[1]]()
