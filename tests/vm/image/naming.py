"""What a practice machine calls its disks: kernel names, and the links udev makes."""

from __future__ import annotations

from tests.vm.image.spec import LVM, SOURCE_SERIAL, Part, Spec

MODEL = "PRACTICE_DISK"
# Kernel name of the first disk, what joins a partition's number to it, and its link by serial.
KERNEL = {"scsi": "sda", "sata": "sda", "virtio": "vda", "nvme": "nvme0n1"}
BY_ID = {
    "scsi": f"scsi-0PRACTICE_DISK_{SOURCE_SERIAL}",
    "sata": f"ata-{MODEL}_{SOURCE_SERIAL}",
    "virtio": f"virtio-{SOURCE_SERIAL}",
    "nvme": f"nvme-QEMU_NVMe_Ctrl_{SOURCE_SERIAL}",
}
BY_PATH = {"virtio": "virtio-pci-0000:00:04.0"}


def disk_link(spec: Spec) -> str:
    """The source disk, by a name that stays when disks change places."""
    return f"/dev/disk/by-id/{BY_ID[spec.bus]}"


def device(spec: Spec, part: Part) -> str:
    """The kernel's name for a partition of the source, when it is the first disk."""
    if part in spec.volumes:
        return f"/dev/mapper/{spec.group}-{part.volume}"
    disk = KERNEL[spec.bus]
    joint = "p" if disk[-1].isdigit() else ""
    return f"/dev/{disk}{joint}{spec.number(part)}"


def fstab_name(spec: Spec, part: Part) -> str:
    """The first field of its line in fstab."""
    number = spec.number(part) if part not in spec.volumes else 0
    names = {
        "UUID": f"UUID={spec.uuid(part)}",
        "LABEL": f"LABEL={part.label}",
        "PARTUUID": f"PARTUUID={spec.partuuid(part)}" if number else "",
        "by-id": f"{disk_link(spec)}-part{number}",
        "by-path": f"/dev/disk/by-path/{BY_PATH.get(spec.bus, '')}-part{number}",
        "path": device(spec, part),
    }
    return names[part.named]


def fstab(spec: Spec) -> str:
    """The machine's fstab, as Debian's installer words it."""
    lines = [
        "# /etc/fstab: static file system information.",
        "#",
        "# <file system> <mount point>   <type>  <options>       <dump>  <pass>",
    ]
    for part in (*spec.filesystems, *_others(spec)):
        where = {"swap": "swap", "esp": "/boot/efi"}.get(part.holds, part.holds)
        default = {"/": "errors=remount-ro" if part.kind.startswith("ext") else "defaults",
                   "/boot/efi": "umask=0077", "swap": "sw"}.get(where, "defaults")
        order = {"/": 1, "swap": 0}.get(where, 2) if part.kind != "xfs" else 0
        target, kind = ("none", "swap") if where == "swap" else (where, part.kind)
        lines += [
            f"# {where} was on {device(spec, part)} during installation",
            f"{fstab_name(spec, part)} {target}\t{kind}\t{part.options or default}\t0 {order}",
        ]
    if spec.swap_file:
        lines.append("/swapfile none swap sw 0 0")
    if "/tmp" not in spec.mounts:
        lines.append("tmpfs           /tmp            tmpfs   mode=1777,nosuid,nodev 0   0")
    return "\n".join((*lines, *spec.fstab_lines)) + "\n"


def _others(spec: Spec) -> list[Part]:
    return [p for p in (*spec.parts, *spec.volumes) if p.holds in ("swap", "esp")]


def holds_group(spec: Spec) -> Part | None:
    """The partition that is the volume group's physical volume."""
    return next((p for p in spec.parts if p.holds == LVM), None)
