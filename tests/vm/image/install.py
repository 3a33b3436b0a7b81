"""Installs a described machine on a disk image, in the lab: works out what is to be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.lab.lab import Lab, LabDisk
from tests.vm.image.naming import disk_link, fstab, holds_group
from tests.vm.image.spec import ESP, SOURCE_SERIAL, Part, Spec
from tests.vm.image.table import mkfs, sfdisk_script

HERE = Path(__file__).parent
SECONDS = 600  # it takes about 30

# norandmaps: what was translated for a program's last start serves its next one. Programs start six
# times as fast in an emulated machine.
GRUB = """\
# If you change this file, run 'update-grub' afterwards to update
# /boot/grub/grub.cfg.
GRUB_DEFAULT=0
GRUB_TIMEOUT=1
GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200 norandmaps"
GRUB_TERMINAL="console serial"
GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"
GRUB_DISABLE_OS_PROBER=true
"""

Run = tuple[list[str], str | None]  # a command in the chroot, and its input


def install(spec: Spec, tree: Path, directory: Path) -> None:
    """Make ``directory``/disk.img. Raises AssertionError with what was printed."""
    lab = Lab(directory, [LabDisk("disk", spec.disk_bytes, SOURCE_SERIAL)])
    (lab.place / "install.json").write_text(json.dumps(_plan(spec, tree)))
    lab.run(HERE / "installer.py", limit=SECONDS).check()


def _plan(spec: Spec, tree: Path) -> dict[str, Any]:
    parts = (*spec.parts, *spec.volumes)
    esp = next((p for p in spec.parts if p.holds == ESP), None)
    mounts = [(_in_lab(spec, p), p.holds) for p in spec.filesystems]
    if esp is not None:
        mounts.append((_in_lab(spec, esp), "/boot/efi"))
    group = holds_group(spec)
    made = [mkfs(spec, p, _in_lab(spec, p)) for p in parts]
    return {
        "tree": str(tree.resolve()),
        "table": sfdisk_script(spec),
        "mkfs": [argv for argv in made if argv],
        "mounts": mounts,
        "group": group and {
            "device": _in_lab(spec, group), "name": spec.group,
            "volumes": [(p.volume, p.mib) for p in spec.volumes],
        },
        "files": {"/etc/fstab": fstab(spec), **_settings(spec)},
        "commands": [*_swap_file(spec), *_boot_loader(spec), *_quiet(spec)],
        "odd_files": (HERE / "odd_files.py").read_text(),
    }


def _in_lab(spec: Spec, part: Part) -> str:
    """Where the lab has it: its only disk is sda."""
    if part in spec.volumes:
        return f"/dev/mapper/{spec.group}-{part.volume}"
    return f"/dev/sda{spec.number(part)}"


def _settings(spec: Spec) -> dict[str, str]:
    return {"/etc/default/grub": GRUB} if spec.boot.startswith("grub") else {}


def _sh(script: str) -> Run:
    return (["sh", "-ec", script], None)


def _swap_file(spec: Spec) -> list[Run]:
    if not spec.swap_file:
        return []
    return [_sh(f"dd if=/dev/zero of=/swapfile bs=1M count={spec.swap_file} status=none;"
                " chmod 600 /swapfile; mkswap -q /swapfile")]


def _boot_loader(spec: Spec) -> list[Run]:
    if spec.boot == "grub-pc":
        known = (f"grub-pc grub-pc/install_devices multiselect {disk_link(spec)}\n"
                 "grub-pc grub-pc/install_devices_empty boolean false\n")
        return [(["debconf-set-selections"], known),
                (["grub-install", "--target=i386-pc", "/dev/sda"], None),
                (["update-grub"], None)]
    if spec.uefi:
        # Nothing is in this machine's NVRAM yet; its first boot writes the entry.
        return [(["grub-install", "--target=x86_64-efi", "--no-nvram",
                  "--force-extra-removable"], None),
                (["update-grub"], None)]
    return []


def _quiet(spec: Spec) -> list[Run]:
    """What a first boot would leave behind once."""
    del spec
    return [
        (["systemd-machine-id-setup"], None),
        _sh("rm -rf /var/cache/debconf/*-old /root/.bash_history"),
        _sh("cp /etc/hostname /boot/copy-on-boot; ln /boot/copy-on-boot /boot/linked-on-boot;"
            " setfattr -n user.note -v kept /boot/copy-on-boot"),
    ]
