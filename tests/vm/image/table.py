"""The source's partition table as sfdisk is told it, and what makes each file system."""

from __future__ import annotations

from tests.vm.image.spec import BIOS_BOOT, DISK_ID, ESP, EXTENDED, LVM, MIB, SWAP, Part, Spec

SECTORS = MIB // 512
DOS = {SWAP: "82", ESP: "ef", EXTENDED: "5", LVM: "8e"}
GPT = {
    SWAP: "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F",
    ESP: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
    BIOS_BOOT: "21686148-6449-6E6F-744E-656564454649",
    LVM: "E6D6D379-F507-44C2-A23C-238F2A3DF928",
}
LINUX = {"dos": "83", "gpt": "0FC63DAF-8483-4772-8E79-3D69D8477DE4"}


def sfdisk_script(spec: Spec) -> str:
    """The table, each partition at a whole MiB."""
    identity = f"0x{DISK_ID}" if spec.table == "dos" else f"{DISK_ID}-0000-4000-8000-000000000000"
    lines = [f"label: {spec.table}", f"label-id: {identity}"]
    if spec.table == "gpt":
        lines.append("first-lba: 2048")
    start = SECTORS
    for part in spec.parts:
        if part.logical:
            start += SECTORS  # its own table lies before it
        size = part.mib * SECTORS
        if part.holds == EXTENDED:
            inner = [p for p in spec.parts if p.logical]
            size = sum(p.mib + 1 for p in inner) * SECTORS
        lines.append(_line(spec, part, start, size))
        if part.holds != EXTENDED:
            start += size
    return "\n".join(lines) + "\n"


def _line(spec: Spec, part: Part, start: int, size: int) -> str:
    types = DOS if spec.table == "dos" else GPT
    words = [f"start={start}", f"size={size}",
             f"type={types.get(part.holds, LINUX[spec.table])}"]
    if spec.table == "gpt":
        words.append(f"uuid={spec.partuuid(part)}")
    elif part.holds == ("/boot" if "/boot" in spec.mounts else "/"):
        words.append("bootable")
    return ", ".join(words)


def mkfs(spec: Spec, part: Part, device: str) -> list[str]:
    """The command that makes what a partition or volume holds; empty: it holds nothing yet."""
    uuid, label = spec.uuid(part), part.label
    if part.holds == SWAP:
        return ["mkswap", "-q", "-U", uuid, *(("-L", label) if label else ()), device]
    if part.kind == "vfat" and part.holds == ESP:
        return ["mkfs.vfat", "-i", uuid.replace("-", ""), device]
    if not part.is_filesystem:
        return []
    if part.kind == "xfs":
        name = ["-L", label] if label else []
        return ["mkfs.xfs", "-q", "-m", f"uuid={uuid}", *name, device]
    name = ["-L", label] if label else []
    return [f"mkfs.{part.kind}", "-q", "-U", uuid, *name, device]
