"""What a practice machine has installed, and why."""

from __future__ import annotations

from tests.vm.image.spec import Spec

PACKAGES = {
    "linux-image-amd64": "the kernel, with md and the disks' drivers as modules",
    "busybox": "the initramfs's shell and small programs, as on any installed Debian",
    "zstd": "compresses the initramfs, much faster than xz under emulation",
    "systemd-sysv": "init",
    "dbus": "logind and systemctl as on any Debian machine",
    "libpam-systemd": "a login over SSH is a session of its own, which a hang-up ends",
    "udev": "device nodes and /dev/disk/by-*",
    "kmod": "modprobe",
    "openssh-server": "the way in",
    "mdadm": "arrays",
    "rsync": "the copy",
    "parted": "a person may want to look",
    "fdisk": "sfdisk, which lists partition tables as JSON",
    "e2fsprogs": "the file systems",
    "python3": "bootmirror",
    "python3-venv": "the environment bootmirror lies in",
    "python3-parted": "partition tables",
    "python3-psutil": "processes that a killed worker left behind",
    "acl": "makes the odd files, and shows them",
    "attr": "makes the odd files, and shows them",
    "libcap2-bin": "makes the odd files, and shows them",
    "procps": "ps, sysctl",
    "less": "reading a log on the machine",
}
BOOT_LOADERS = {
    "grub-pc": ("grub-pc",),
    "grub-efi": ("grub-efi-amd64", "efibootmgr", "dosfstools"),
    # What Debian's installer takes, whether Secure Boot is on or not.
    "grub-efi-signed": ("grub-efi-amd64", "grub-efi-amd64-signed", "shim-signed", "efibootmgr",
                        "dosfstools"),
}
INITRAMFS = {"initramfs-tools": ("initramfs-tools",), "dracut": ("dracut",)}
FILESYSTEMS = {"xfs": "xfsprogs"}

# Drivers of what an emulated machine does not have: a third of a gigabyte.
_MODULES = (
    "drivers/gpu", "drivers/iio", "drivers/infiniband", "drivers/input", "drivers/isdn",
    "drivers/media", "drivers/net/ethernet", "drivers/net/wireless", "drivers/staging",
    "drivers/usb", "sound",
)

# Left out of the installation: tens of thousands of files no test looks at. Copyright files stay.
EXCLUDED_PATHS = (
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/share/doc/*",
    *(f"{usr}/lib/modules/*/kernel/{name}/*" for name in _MODULES for usr in ("", "/usr")),
)
INCLUDED_PATHS = ("/usr/share/doc/*/copyright",)


def packages(spec: Spec) -> tuple[str, ...]:
    """All of them for one machine, sorted."""
    kinds = {part.kind for part in (*spec.parts, *spec.volumes)}
    return tuple(sorted({
        *PACKAGES, *BOOT_LOADERS[spec.boot], *INITRAMFS[spec.tool], *spec.packages,
        *(FILESYSTEMS[kind] for kind in kinds if kind in FILESYSTEMS),
        *(("lvm2",) if spec.volumes else ()),
    }))
