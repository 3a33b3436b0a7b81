"""A converted machine's disks as images, and ways to spoil a copy of one from outside."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.vm.commands import bootmirror, plan_and_apply
from tests.vm.image.spec import Spec
from tests.vm.machine import DiskImage
from tests.vm.mirror_root import array_members, debugfs, edit
from tests.vm.practice import Practice, practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import require
from tests.vm.ssh import Ssh

HOOK = "/usr/share/initramfs-tools/hooks/mdadm"
INITRD = "initrd-without-md"
Look = Callable[[Practice], None]


@dataclass(frozen=True)
class Disks:
    """A machine's two disks as raw images."""

    source: Path
    mirror: Path


def converted(spec: Spec, place: Path, before: Look | None = None) -> tuple[Disks, Disks]:
    """Convert a practice machine; its disks just before the first boot, and when all is done.

    ``before`` is done to the machine first. Beside the images lies an initramfs of that machine
    that knows nothing of md.
    """
    with practice_machine(spec) as practice:
        machine = practice.machine
        if before is not None:
            before(practice)
        plan_and_apply(machine.ssh)
        with phase("switching off where it would restart"):
            machine.shut_down()
        first = _keep(practice, place, "first-boot")
        with phase("the first boot from the array"):
            machine.boot([practice.source, practice.mirror])
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        _make_initrd(machine.ssh, place / INITRD)
        with phase("switching off"):
            machine.shut_down()
        return first, _keep(practice, place, "converted")


def _make_initrd(ssh: Ssh, file: Path) -> None:
    script = (f"set -e; chmod -x {HOOK}; trap 'chmod +x {HOOK}' EXIT;"
              " mkinitramfs -o /run/initrd >&2; cat /run/initrd")
    with phase("an initramfs without md"):
        made = ssh.try_run("sh", "-c", script)
    require(made.returncode == 0, f"mkinitramfs: {made.stderr.decode()}")
    file.write_bytes(made.stdout)


def _keep(practice: Practice, place: Path, when: str) -> Disks:
    with phase("keeping the disks as they are"):
        return Disks(_kept(practice.source, place, when), _kept(practice.mirror, place, when))


def _kept(disk: DiskImage, place: Path, when: str) -> Path:
    image = place / f"{when}-{disk.serial}.img"
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
    boot = array_members(image)[0]
    names = debugfs(image, boot, "ls -p /").splitlines()
    name = next(line.split("/")[5] for line in names if "/initrd.img-" in line)
    made = image.with_name(INITRD)
    debugfs(image, boot, f"rm /{name}", f"write {made} {name}")


def spoil_fstab(image: Path) -> None:
    """fstab wants what is not there; with a time limit that spares the waiting."""
    edit(image, "/etc/fstab", lambda text: (
        f"{text}UUID=00000000-dead-4000-8000-000000000000 /gone ext4"
        " defaults,x-systemd.device-timeout=5s 0 2\n"))
