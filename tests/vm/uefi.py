"""A UEFI machine's boot entries, as Debian's installer leaves them."""

from __future__ import annotations

from tests.vm.practice import Practice
from tests.vm.progress import say

LABEL = "debian"


def as_installed(practice: Practice) -> None:
    """One entry for the first disk, first in the order, and no loader on the removable path."""
    ssh = practice.machine.ssh
    disk = ssh.run("lsblk", "-nro", "PKNAME", ssh.run(
        "findmnt", "-no", "SOURCE", "/boot/efi").strip()).strip()
    known = ssh.run("efibootmgr")
    if f"* {LABEL}" not in known:  # shim's own fallback may have made it at the first boot
        there = ssh.run("ls", "/boot/efi/EFI/debian").split()
        loader = "shimx64.efi" if "shimx64.efi" in there else "grubx64.efi"
        ssh.run("efibootmgr", "--create", "--disk", f"/dev/{disk}", "--part", "1",
                "--label", LABEL, "--loader", rf"\EFI\debian\{loader}")
    ssh.run("rm", "-r", "/boot/efi/EFI/BOOT")
    for line in ssh.run("efibootmgr").splitlines():
        say(f"  {line}")
