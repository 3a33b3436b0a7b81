"""A converted machine's disks as images, and ways to spoil a copy of one from outside."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.vm.commands import bootmirror, plan_and_apply
from tests.vm.image.spec import Spec
from tests.vm.machine import DiskImage
from tests.vm.practice import practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import require
from tests.vm.superblocks import Member, members

HOOK = "/usr/share/initramfs-tools/hooks/mdadm"
INITRD = "initrd-without-md"


def converted_disks(spec: Spec, place: Path) -> tuple[Path, Path]:
    """Convert a practice machine and switch it off; its two disks, source first, as raw images.

    Beside them lies an initramfs of that machine that knows nothing of md.
    """
    with practice_machine(spec) as practice:
        machine = practice.machine
        plan_and_apply(machine.ssh)
        with phase("the first boot from the array"):
            machine.reboot()
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        with phase("an initramfs without md"):
            made = machine.ssh.try_run(
                "sh", "-c",
                f"set -e; chmod -x {HOOK}; trap 'chmod +x {HOOK}' EXIT;"
                " mkinitramfs -o /run/initrd >&2; cat /run/initrd",
            )
            require(made.returncode == 0, f"mkinitramfs: {made.stderr.decode()}")
            (place / INITRD).write_bytes(made.stdout)
        with phase("switching off"):
            machine.shut_down()
        with phase("keeping the disks"):
            return _keep(practice.source, place), _keep(practice.mirror, place)


def _keep(disk: DiskImage, place: Path) -> Path:
    image = place / f"{disk.serial}.img"
    subprocess.run(["qemu-img", "convert", "-O", "raw", str(disk.path), str(image)], check=True)
    return image


def copy_of(image: Path, spoil: Callable[[Path], None] | None = None) -> Path:
    """A copy of an image, spoiled."""
    copy = image.with_name("copy.img")
    subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
    if spoil is not None:
        spoil(copy)
    return copy


def wipe_boot_sector(image: Path) -> None:
    with image.open("r+b") as file:
        file.write(bytes(512))


def take_md_out(image: Path) -> None:
    """The initramfs on it knows nothing of md: GRUB finds the arrays, the kernel no root."""
    boot = _members(image)[0]
    names = _debugfs(image, boot, "ls -p /").splitlines()
    name = next(line.split("/")[5] for line in names if "/initrd.img-" in line)
    made = image.with_name(INITRD)
    _debugfs(image, boot, f"rm /{name}", f"write {made} {name}")


def spoil_fstab(image: Path) -> None:
    """fstab wants what is not there; with a time limit that spares the waiting."""
    root = _members(image)[-1]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "fstab"
        _debugfs(image, root, f"dump /etc/fstab {file}")
        with file.open("a") as table:
            table.write("UUID=00000000-dead-4000-8000-000000000000 /gone ext4"
                        " defaults,x-systemd.device-timeout=5s 0 2\n")
        _debugfs(image, root, "cd /etc", "rm fstab", f"write {file} fstab")


def _members(image: Path) -> list[Member]:
    found = members(image)
    require(len(found) == 2, f"the disk holds {len(found)} array members, not /boot and /")
    return found


def _debugfs(image: Path, member: Member, *commands: str) -> str:
    """Look into, or change, a member's file system (debugfs(8))."""
    done = subprocess.run(
        [shutil.which("debugfs") or "/sbin/debugfs", "-w", "-f", "-",
         f"{image}?offset={member.data}"],
        check=True, input="\n".join(commands).encode(), capture_output=True,
    )
    return done.stdout.decode()
