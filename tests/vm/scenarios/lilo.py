"""LILO on SATA disks. It is in no archive: BOOTMIRROR_LILO names a lilo binary that runs on Debian.

The machine is installed with GRUB like the others; LILO takes its place before the conversion.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.vm.convert import convert
from tests.vm.image.spec import Spec
from tests.vm.practice import Practice
from tests.vm.progress import phase, say
from tests.vm.proofs import require
from tests.vm.skip import Skip

SPEC = Spec("sata", bus="sata")
BINARY = "BOOTMIRROR_LILO"
GRUB = ("grub-pc", "grub-pc-bin", "grub2-common", "grub-common")

# $1 is the kernel, $2 the root's UUID.
LILO_CONF = """\
# /etc/lilo.conf of a practice machine
boot=/dev/sda
map=/boot/map
install=text
lba32
large-memory
prompt
timeout=20
default=Linux

image=/boot/vmlinuz-{kernel}
\tlabel=Linux
\tinitrd=/boot/initrd.img-{kernel}
\tread-only
\tappend="root=UUID={root} console=ttyS0,115200 norandmaps"
"""


def _take_lilo(practice: Practice, binary: Path) -> None:
    ssh = practice.machine.ssh
    with phase("LILO in GRUB's place"):
        ssh.run("sh", "-c", "cat >/usr/sbin/lilo && chmod 755 /usr/sbin/lilo",
                stdin=binary.read_bytes())
        kernel = ssh.run("uname", "-r").strip()
        root = ssh.run("findmnt", "--noheadings", "--output", "UUID", "/").strip()
        text = LILO_CONF.format(kernel=kernel, root=root)
        ssh.run("sh", "-c", "cat >/etc/lilo.conf", stdin=text.encode())
        ssh.run("dpkg", "--purge", "--force-depends", *GRUB)
        ssh.run("rm", "-rf", "/boot/grub")
        say(ssh.run("lilo", "-v"))
    with phase("booting with LILO"):
        practice.machine.reboot()
    _booted_by_lilo(practice, "Linux")


def _booted_by_lilo(practice: Practice, label: str) -> None:
    words = practice.machine.ssh.run("cat", "/proc/cmdline").split()
    require(f"BOOT_IMAGE={label}" in words, f"this was not booted by LILO: {' '.join(words)}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError, and Skip without a LILO."""
    name = os.environ.get(BINARY, "")
    if not name:
        raise Skip(f"there is no LILO here: {BINARY} names none")
    binary = Path(name)
    if not binary.is_file():
        raise FileNotFoundError(f"{BINARY} names {binary}, which is not a file")
    return convert(
        SPEC,
        before=lambda practice: _take_lilo(practice, binary),
        after=lambda practice: _booted_by_lilo(practice, "bootmirror"),
    )
