"""Make the small server's disk on /dev/sda: /boot, / and swap, with a tree that is hard to copy.

    build_source.py          each on a partition
    build_source.py volumes  / and swap on logical volumes of the group vg0
"""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

from tests.lab.guest.acl import posix_acl

NEW = Path("/mnt/new")
LAYOUT = """\
label: dos
label-id: 0x1ab0b007
start=1MiB, size=48MiB, type=83, bootable
size=160MiB, type=83
size=24MiB, type=82
"""
GROUP_LAYOUT = """\
label: dos
label-id: 0x1ab0b007
start=1MiB, size=48MiB, type=83, bootable
size=200MiB, type=8e
"""
QUIET_LVM = "backup{backup=0 archive=0}"  # the host's /etc is read-only in the lab
BOOT_UUID = "11111111-aaaa-4aaa-8aaa-000000000001"
ROOT_UUID = "22222222-aaaa-4aaa-8aaa-000000000002"
SWAP_UUID = "33333333-aaaa-4aaa-8aaa-000000000003"
JUMP = b"\xeb\x63\x90"  # GRUB's code begins so; where it is zero, libparted makes the sector anew

DIRECTORIES = (
    "bin sbin lib lib64 usr boot dev etc proc sys run tmp mnt root home srv var/lib/dpkg var/cache "
    "var/tmp etc/mdadm etc/default etc/initramfs-tools/conf.d etc/lvm/archive etc/lvm/backup opt "
    "var/lib/bootmirror"
)
USR_LINKS = ("bin", "sbin", "lib", "lib64")

FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33:web:/srv:/bin/false\n",
    "etc/group": "root:x:0:\nweb:x:33:\n",
    "etc/hostname": "lab1\n",
    "etc/os-release": 'PRETTY_NAME="Lab Linux 12"\nID=debian\nVERSION_ID="12"\n',
    "etc/fstab": (
        "# the small server's own\n"
        f"UUID={ROOT_UUID} /     ext4 errors=remount-ro 0 1\n"
        f"UUID={BOOT_UUID} /boot ext4 defaults          0 2\n"
        f"UUID={SWAP_UUID} none  swap sw                0 0\n"
    ),
    "etc/mdadm/mdadm.conf": "HOMEHOST <system>\nMAILADDR root\n",
    "etc/default/grub": 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=""\n',
    "etc/initramfs-tools/initramfs.conf": "MODULES=most\nCOMPRESS=zstd\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "var/lib/dpkg/status": "",
}
BOOT_FILES = {
    "grub/i386-pc/linux.mod": "GRUB's module that loads a kernel\n",
    "grub/i386-pc/normal.mod": "GRUB's module with the menu\n",
    "grub/grub.cfg": f"linux /vmlinuz-6.1.176 root=UUID={ROOT_UUID} ro\n"
                     "initrd /initrd.img-6.1.176\n",
    "vmlinuz-6.1.176": "not a kernel, but it is copied like one\n",
    "initrd.img-6.1.176": "nor an initramfs\nTRAILER!!!",
}


def run(*argv: str, stdin: str = "") -> None:
    subprocess.run(argv, input=stdin.encode(), check=True, stdout=subprocess.DEVNULL)


def in_group() -> tuple[str, str]:
    """A volume group over all that is not /boot; its root and its swap."""
    run("sfdisk", "--quiet", "/dev/sda", stdin=GROUP_LAYOUT)
    run("udevadm", "settle")
    run("lvm", "vgcreate", "--config", QUIET_LVM, "--physicalextentsize", "1m", "vg0", "/dev/sda2")
    run("lvm", "lvcreate", "--config", QUIET_LVM, "-L", "24m", "-n", "swap_1", "vg0")
    run("lvm", "lvcreate", "--config", QUIET_LVM, "-l", "100%FREE", "-n", "root", "vg0")
    return "/dev/vg0/root", "/dev/vg0/swap_1"


def on_partitions() -> tuple[str, str]:
    run("sfdisk", "--quiet", "/dev/sda", stdin=LAYOUT)
    run("udevadm", "settle")
    return "/dev/sda2", "/dev/sda3"


def main() -> None:
    root, swap = in_group() if "volumes" in sys.argv else on_partitions()
    run("mkfs.ext4", "-q", "-U", BOOT_UUID, "-L", "boot", "/dev/sda1")
    run("mkfs.ext4", "-q", "-U", ROOT_UUID, "-L", "root", root)
    run("mkswap", "--uuid", SWAP_UUID, swap)
    NEW.mkdir()
    run("mount", root, str(NEW))
    (NEW / "boot").mkdir()
    # What lies hidden under the mount point of /boot: a file, and such as were generated while it
    # was not mounted.
    hidden = NEW / "boot"
    (hidden / "grub").mkdir()
    for name in ("hidden-below", "grub/grub.cfg", "initrd.img-6.1.176"):
        (hidden / name).write_text("seen only when /boot is not mounted\n")
    run("mount", "/dev/sda1", str(NEW / "boot"))
    plain_tree()
    odd_files(NEW / "srv")
    run("umount", "-R", str(NEW))
    boot_loader()


def boot_loader() -> None:
    """What guest/firmware.py takes for GRUB (see guest/programs/grub-install)."""
    with Path("/dev/sda").open("r+b") as disk:
        disk.write(JUMP)
        disk.seek(384)
        disk.write(b"GRUB")
        disk.seek(512)
        disk.write(f"prefix {BOOT_UUID}\n".encode().ljust(512, b"\0"))


def plain_tree() -> None:
    for name in DIRECTORIES.split():
        if name not in USR_LINKS:
            (NEW / name).mkdir(parents=True, exist_ok=True)
    for name in USR_LINKS:
        (NEW / name).symlink_to(f"usr/{name}")
    for name, text in FILES.items():
        (NEW / name).write_text(text)
    for name, text in BOOT_FILES.items():
        path = NEW / "boot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (NEW / "var/lib/bootmirror").chmod(0o700)
    (NEW / "var/tmp").chmod(0o1777)
    for number in range(400):
        path = NEW / "opt" / f"d{number % 20}" / f"f{number}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes([number % 256]) * (number * 37))
    # Enough bytes that a copy can be interrupted in its middle.
    (NEW / "opt/big").write_bytes(os.urandom(40 << 20))


def odd_files(place: Path) -> None:
    one = place / "hard-one"
    one.write_text("three names, one file\n")
    (place / "hard-two").hardlink_to(one)
    (place / "deep").mkdir()
    (place / "deep/hard-three").hardlink_to(one)
    (place / "dangling").symlink_to("/nowhere/at all")
    (place / " leading blank").write_text("")
    (place / "line\nbreak and \x1b[31mred").write_text("odd\n")
    Path(os.fsdecode(os.fsencode(place) + b"/not-utf8-\xff\xfe")).write_text("latin\n")
    (place / "-rf").write_text("looks like an option\n")
    (place / "empty dir").mkdir(mode=0o700)
    sparse = place / "sparse"
    with sparse.open("wb") as file:
        file.write(b"start")
        file.seek(30 << 20)
        file.write(b"end")
    setuid = place / "setuid"
    setuid.write_text("#!/bin/false\n")
    os.chown(setuid, 33, 33)
    setuid.chmod(0o4755)
    os.mkfifo(place / "pipe", 0o640)
    os.mknod(place / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mknod(place / "block", stat.S_IFBLK | 0o600, os.makedev(7, 0))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "socket"))
    attributed = place / "xattrs"
    attributed.write_text("user attributes\n")
    os.setxattr(attributed, "user.note", b"kept \x00 too")
    os.setxattr(attributed, "trusted.secret", b"for root")
    acl = place / "acl"
    acl.write_text("for two\n")
    os.setxattr(acl, "system.posix_acl_access", posix_acl())
    os.setxattr(place / "deep", "system.posix_acl_default", posix_acl())
    capable = place / "capable"
    capable.write_text("#!/bin/false\n")
    capable.chmod(0o755)
    run("setcap", "cap_net_raw+ep", str(capable))
    old = place / "old"
    old.write_text("from 1981\n")
    os.utime(old, ns=(372_222_245_123_456_789, 372_222_245_987_654_321))


main()
