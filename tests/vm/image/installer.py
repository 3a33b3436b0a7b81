"""Installs a practice machine on its disk. Runs in the lab (User-mode Linux), where it is root.

It does what Debian's installer does, from /run/results/install.json (see image/install.py): table,
file systems, files, initramfs, boot loader. The programs that make the file systems are the host's;
everything after that is the machine's own, in a chroot.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

RESULTS = Path("/run/results")
TARGET = Path("/mnt/target")
MODULES = ("vfat", "nls_cp437", "nls_ascii", "nls_iso8859-1")
QUIET_LVM = "backup{backup=0 archive=0} devices{use_devicesfile=0}"


def run(*argv: str, stdin: str | None = None) -> None:
    print("+", *argv, flush=True)
    subprocess.run(argv, check=True, input=stdin, text=True)


def in_target(*argv: str, stdin: str | None = None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive",
                   "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    environment.pop("PYTHONPATH", None)
    print("+ chroot", *argv, flush=True)
    subprocess.run(["chroot", str(TARGET), *argv], check=True, input=stdin, text=True,
                   env=environment)


def make_disk(plan: dict[str, Any]) -> None:
    """Table, volume group, file systems; mounted below TARGET, / first."""
    run("sfdisk", "--quiet", "/dev/sda", stdin=plan["table"])
    run("udevadm", "settle")
    if plan["group"]:
        volume = plan["group"]
        run("lvm", "pvcreate", "-q", "--config", QUIET_LVM, volume["device"])
        run("lvm", "vgcreate", "-q", "--config", QUIET_LVM, volume["name"], volume["device"])
        for name, mib in volume["volumes"]:
            run("lvm", "lvcreate", "-q", "-y", "--config", QUIET_LVM, "-L", f"{mib}m", "-n", name,
                volume["name"])
    for argv in plan["mkfs"]:
        run(*argv)
    run("udevadm", "settle")
    for device, place in plan["mounts"]:
        where = TARGET / place.lstrip("/")
        where.mkdir(parents=True, exist_ok=True)
        run("mount", device, str(where))


def fill(plan: dict[str, Any]) -> None:
    """The packages' files, and those that make this machine what it is."""
    # Device nodes are not wanted: /dev is a devtmpfs at boot.
    run("tar", "--extract", "--file", f"/run/host{plan['tree']}", "--directory", str(TARGET),
        "--numeric-owner", "--preserve-permissions", "--xattrs", "--xattrs-include=*",
        # The ESP keeps no owners.
        "--exclude=./dev/*", "--exclude=./boot/efi")
    for path, text in plan["files"].items():
        file = TARGET / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for place in ("/dev", "/proc", "/sys"):
        run("mount", "--rbind", place, f"{TARGET}{place}")
    run("mount", "-t", "tmpfs", "tmpfs", f"{TARGET}/run")
    # update-grub names the root by UUID only where udev's database says it has one.
    (TARGET / "run/udev").mkdir()
    run("mount", "--bind", "/run/udev", f"{TARGET}/run/udev")


def make_bootable(plan: dict[str, Any]) -> None:
    for argv, stdin in plan["commands"]:
        in_target(*argv, stdin=stdin)


def odd_files(plan: dict[str, Any]) -> None:
    """Files that a careless copy would spoil; the last thing, since it dates files."""
    script = TARGET / "run/odd_files.py"
    script.write_text(plan["odd_files"])
    whole = TARGET / "run/whole-root"
    whole.mkdir()
    run("mount", "--bind", str(TARGET), str(whole))
    in_target("python3", "/run/odd_files.py", "/srv/odd", "/run/whole-root")
    run("umount", str(whole))


def main() -> None:
    plan = json.loads((RESULTS / "install.json").read_text())
    run("modprobe", "-d", "/run/kmod", "-a", *MODULES)
    make_disk(plan)
    fill(plan)
    make_bootable(plan)
    odd_files(plan)
    run("umount", "--recursive", str(TARGET))
    if plan["group"]:
        run("lvm", "vgchange", "-q", "--config", QUIET_LVM, "-an", plan["group"]["name"])
    run("sync")


if __name__ == "__main__":
    main()
