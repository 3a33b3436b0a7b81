"""The system around the disks: boot loader, firmware, initramfs tool, programs, files."""

from __future__ import annotations

import importlib.util
import platform
import re

from bootmirror.formats.debconf import debconf_value
from bootmirror.formats.efi_names import efi_names
from bootmirror.formats.efibootmgr import parse_efibootmgr
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.formats.shell_settings import ShellSettings
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.machine.model import BootLoader, Disk, Geometry, Initramfs

PYPARTED = "pyparted"  # not a program, but needed and missing in the same way

# Program to the Debian package that has it: what a refusal names.
PROGRAMS = {
    "mdadm": "mdadm",
    "rsync": "rsync",
    "lsblk": "util-linux",
    "findmnt": "util-linux",
    "wipefs": "util-linux",
    "sfdisk": "fdisk",
    "mkswap": "util-linux",
    "mkfs.ext2": "e2fsprogs",
    "mkfs.ext3": "e2fsprogs",
    "mkfs.ext4": "e2fsprogs",
    "mkfs.xfs": "xfsprogs",
    "dumpe2fs": "e2fsprogs",
    "udevadm": "udev",
    "chroot": "coreutils",
    "mount": "mount",
    "umount": "mount",
    "modprobe": "kmod",
    "grub-install": "grub2-common",
    "update-grub": "grub2-common",
    "grub-reboot": "grub2-common",
    "grub-editenv": "grub-common",
    "grub-mkimage": "grub-common",
    "grub-fstest": "grub-common",
    "efibootmgr": "efibootmgr",
    "mkfs.vfat": "dosfstools",
    "update-initramfs": "initramfs-tools",
    "lsinitramfs": "initramfs-tools-core",
    "debconf-set-selections": "debconf",
    "systemctl": "systemd",
    "lilo": "lilo",
    "lvm": "lvm2",
    "dracut": "dracut",
    "lsinitrd": "dracut-core",
    PYPARTED: "python3-parted",
}

FILES = (
    "/etc/fstab",
    "/etc/crypttab",
    "/etc/raidtab",
    "/etc/mdadm/mdadm.conf",
    "/etc/default/grub",
    "/etc/lilo.conf",
    "/etc/initramfs-tools/initramfs.conf",
    "/etc/initramfs-tools/conf.d/resume",
    "/etc/dracut.conf.d/60-bootmirror.conf",
    "/etc/grub.d/40_custom",
    "/boot/grub/custom.cfg",
)
GRUB_SNIPPETS = "/etc/default/grub.d"  # its *.cfg, as grub-mkconfig reads them

# The names in conf.d that mkinitramfs takes (mkinitramfs of initramfs-tools 0.142).
_SOURCED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)

GRUB_MARK, LILO_MARK = b"GRUB", b"LILO"


def read_boot_loader(host: Host, firmware: str, disks: tuple[Disk, ...]) -> BootLoader:
    """Which boot loader this machine boots with: its package, its files, its boot sector."""
    grubenv = parse_grubenv(host.read("/boot/grub/grubenv") or "")
    debconf = host.read("/var/cache/debconf/config.dat") or ""
    devices = debconf_value(debconf, "grub-pc/install_devices") or ""
    kind = ""
    starts = [host.sector(disk.path) for disk in disks] if firmware == "bios" else []
    lilo = any(LILO_MARK in start[:16] for start in starts)
    grub = host.exists("/boot/grub/grub.cfg") and host.find("grub-install")
    # GRUB's package may be there without being what starts: the first sectors tell.
    if grub and not (lilo and not any(GRUB_MARK in start for start in starts)):
        kind = "grub-efi" if firmware == "uefi" else "grub-bios"
    elif lilo or (host.find("lilo") and host.exists("/etc/lilo.conf")):
        kind = "lilo"
    version = _lilo_version(host) if kind == "lilo" else _package_version(
        host, {"grub-bios": "grub-pc",
               "grub-efi": efi_names(platform.machine()).package}.get(kind, kind))
    return BootLoader(
        kind=kind,
        directory=_efi_directory(host) if firmware == "uefi" else "",
        writable=firmware != "uefi" or _efivars_writable(host),
        version=version,
        geometry=_geometry(host, disks) if kind == "lilo" and version.startswith("21") else (),
        on_disks=_with_code(disks, starts, kind),
        install_devices=tuple(clean(d) for d in devices.replace(",", " ").split()),
        environment=tuple(sorted((clean(k), clean(v)) for k, v in grubenv.items())),
    )


def _with_code(
    disks: tuple[Disk, ...], starts: list[bytes], kind: str
) -> tuple[str, ...] | None:
    """Paths of the disks whose first sector has the boot loader's code; None where none is read."""
    mark = {"grub-bios": GRUB_MARK, "lilo": LILO_MARK}.get(kind)
    if mark is None or not any(starts):
        return None
    return tuple(disk.path for disk, start in zip(disks, starts, strict=True) if mark in start)


def _lilo_version(host: Host) -> str:
    """What ``lilo -V`` says: "LILO version 24.0"; "" when it says something else."""
    if not host.find("lilo"):
        return ""
    said = host.run(["lilo", "-V"], ok=range(256), quiet=True, timeout=30).stdout
    found = re.search(r"version ([0-9][0-9.]*)", said)
    return found[1] if found else ""


def _geometry(host: Host, disks: tuple[Disk, ...]) -> tuple[tuple[str, Geometry], ...]:
    """Each disk's, from ``sfdisk --show-geometry``: "…: C cylinders, H heads, S sectors/track"."""
    found = []
    for disk in disks:
        said = host.run(["sfdisk", "--show-geometry", disk.path], ok=range(256), quiet=True,
                        timeout=30).stdout
        numbers = re.search(r": (\d+) cylinders, (\d+) heads, (\d+) sectors", said)
        if numbers:
            found.append((disk.path, Geometry(*(int(n) for n in numbers.groups()))))
    return tuple(found)


def _efi_directory(host: Host) -> str:
    """Where GRUB lies in the EFI system partition: "debian" and the like; "" where it does not.

    Of several directories with a GRUB it is the one that this boot took, else the one named after
    the distribution, else the first.
    """
    found = {name.casefold(): name for name in sorted(host.listing("/boot/efi/EFI"))
             if name.upper() != "BOOT" and any(
                 file.startswith("grub") and file.endswith(".efi")
                 for file in host.listing(f"/boot/efi/EFI/{name}"))}
    names = [_started_from(host), read_os(host)["ID"], *found] if found else []
    return next((clean(found[name.casefold()]) for name in names if name.casefold() in found), "")


def _started_from(host: Host) -> str:
    """The directory of the boot entry that the firmware took; "" where that cannot be had."""
    if not host.find("efibootmgr"):
        return ""
    said = host.run(["efibootmgr", "--verbose"], ok=range(256), quiet=True, timeout=30).stdout
    return parse_efibootmgr(said).current_directory


def _efivars_writable(host: Host) -> bool:
    """Whether efivarfs is mounted to be written (proc_mounts(5))."""
    for line in (host.read("/proc/self/mounts") or "").splitlines():
        _, place, kind, options, *_ = line.split(" ")
        if kind == "efivarfs" and place == "/sys/firmware/efi/efivars":
            return "rw" in options.split(",")
    return False


def read_initramfs(host: Host) -> Initramfs:
    """What builds the initramfs here. dracut wins: its package replaces initramfs-tools."""
    if host.find("dracut") and not host.find("update-initramfs"):
        return Initramfs("dracut", _package_version(host, "dracut"), largest=_largest_image(host))
    if not host.find("update-initramfs"):
        return Initramfs()
    directory = "/etc/initramfs-tools"
    paths = [f"{directory}/initramfs.conf"]
    paths += [f"{directory}/conf.d/{name}" for name in host.listing(f"{directory}/conf.d")
              if _SOURCED.fullmatch(name) and ".dpkg-" not in name]
    settings: dict[str, str] = {}
    for path in paths:
        parsed = ShellSettings.parse(host.read(path) or "")
        for key in ("MODULES", "RESUME", "COMPRESS"):
            if (value := parsed.get(key)) is not None:
                settings[key] = clean(value)
    update = ShellSettings.parse(host.read(f"{directory}/update-initramfs.conf") or "")
    if (value := update.get("update_initramfs")) is not None:
        settings["update_initramfs"] = clean(value)
    version = _package_version(host, "initramfs-tools")
    return Initramfs("initramfs-tools", version, tuple(sorted(settings.items())),
                     _largest_image(host))


def _largest_image(host: Host) -> int:
    names = [name for name in host.listing("/boot") if name.startswith("initrd.img-")]
    return max((host.size(f"/boot/{name}") for name in names), default=0)


def read_kernels(host: Host) -> tuple[str, ...]:
    """The releases of the kernels in /boot that have their modules."""
    names = [n.removeprefix("vmlinuz-") for n in host.listing("/boot") if n.startswith("vmlinuz-")]
    return tuple(clean(name) for name in names if host.exists(f"/lib/modules/{name}"))


def read_programs(host: Host) -> tuple[tuple[str, str], ...]:
    """Where each needed program is, and Python's parted among them; "" for one that is missing."""
    parted = importlib.util.find_spec("parted")
    found = {PYPARTED: parted.origin or "" if parted else ""}
    return tuple((name, found[name] if name in found else host.find(name)) for name in PROGRAMS)


def read_files(host: Host) -> tuple[tuple[str, str], ...]:
    """The configuration files there are. Their text is kept whole: it is edited and written back.

    They are cleaned where they are shown, not here: cleaning would change them.
    """
    snippets = [f"{GRUB_SNIPPETS}/{name}" for name in host.listing(GRUB_SNIPPETS)
                if name.endswith(".cfg") and not name.startswith(".")]
    texts = ((path, host.read(path)) for path in (*FILES, *snippets))
    return tuple((clean(path), text) for path, text in texts if text is not None)


def read_os(host: Host) -> dict[str, str]:
    """ID, VERSION_ID, PRETTY_NAME of os-release(5)."""
    text = host.read("/etc/os-release") or host.read("/usr/lib/os-release") or ""
    settings = ShellSettings.parse(text)
    return {key: clean(settings.get(key) or "") for key in ("ID", "VERSION_ID", "PRETTY_NAME")}


def read_environment(host: Host, cmdline: str, root_fstype: str) -> str:
    """"container", "live" (a system that runs from read-only media), or "" for a real install."""
    if host.read("/run/systemd/container") or host.exists("/.dockerenv"):
        return "container"
    words = cmdline.split()
    if "boot=live" in words or "boot=casper" in words or "rd.live.image" in words:
        return "live"
    return "live" if root_fstype in ("overlay", "squashfs", "tmpfs", "iso9660") else ""


def _package_version(host: Host, package: str) -> str:
    """The installed version from dpkg's own status file list; "" where dpkg does not know it."""
    if not package or not host.find("dpkg-query"):
        return ""
    argv = ["dpkg-query", "--show", "--showformat=${Version}", package]
    return clean(host.run(argv, ok=(0, 1), quiet=True, timeout=30).stdout)
