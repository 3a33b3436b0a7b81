"""Whether each disk's EFI system partition boots that disk alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.errors import BootmirrorError
from bootmirror.formats.efibootmgr import BootEntries
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check
from bootmirror.kinds.esp import MOUNTED, differences, esp_path
from bootmirror.kinds.esp_hook import CONF_PATH, SCRIPT_PATH
from bootmirror.kinds.nvram import entries, label_of
from bootmirror.machine.model import Disk


def esp_checks(host: Host, boot: Boot, disks: Sequence[Disk]) -> Iterator[Check]:
    """Alike, with a boot entry each, and the hook that keeps them so."""
    yield _alike(host, boot, disks)
    yield from _entries(host, boot, disks)
    hook = host.exists(CONF_PATH) and host.exists(SCRIPT_PATH)
    yield Check("EFI hook", hook, "dpkg keeps them alike" if hook else f"{CONF_PATH} is missing",
                f"Bring {CONF_PATH} and {SCRIPT_PATH} back from a backup.")


def _alike(host: Host, boot: Boot, disks: Sequence[Disk]) -> Check:
    name = "EFI system partitions"
    advice = f"Run {SCRIPT_PATH}: it gives the other one what is in {MOUNTED}."
    if len(disks) < 2:
        return Check(name, False, "only one of the two disks is here", advice)
    others = [disk.name for disk in disks
              if (p := disk.partition(boot.esp)) is None or p.content is None
              or p.content.uuid != boot.esp_uuid]
    if others:
        return Check(name, False, f"that of {', '.join(others)} has another volume id than fstab "
                     "names", f"Look at lsblk --fs: both must have the id {boot.esp_uuid}.")
    try:
        unlike = differences(host, [esp_path(disk, boot) for disk in disks], boot.esp_directory)
    except BootmirrorError as error:
        return Check(name, False, error.message, error.hint or advice)
    return Check(name, not unlike, f"not alike: {', '.join(unlike)}" if unlike
                 else "alike, with what firmware starts", advice)


def _entries(host: Host, boot: Boot, disks: Sequence[Disk]) -> Iterator[Check]:
    try:
        found = entries(host)
    except BootmirrorError as error:
        yield Check("boot entries", False, error.message, "Install efibootmgr, and look what it "
                    "says.")
        return
    for disk in disks:
        wrong = _wrong_entry(found, boot, disk)
        yield Check(f"boot entry of {disk.name}", not wrong, wrong or label_of(disk),
                    f"Make it anew: efibootmgr --create --disk {disk.path} --part {boot.esp} "
                    f"--label '{label_of(disk)}' --loader '\\EFI\\{boot.esp_directory}\\…'.")


def _wrong_entry(found: BootEntries, boot: Boot, disk: Disk) -> str:
    own = [entry for entry in found.labelled(label_of(disk)) if entry.number in found.order]
    if not own:
        return f"{label_of(disk)} is not in the boot order"
    partition = disk.partition(boot.esp)
    uuid = partition.partuuid if partition else ""
    # Older versions of efibootmgr print no paths; on an MBR a path names no partition's UUID.
    if uuid and all(",GPT," in e.path and uuid.lower() not in e.path.lower() for e in own):
        return f"{label_of(disk)} leads to another partition"
    return ""
