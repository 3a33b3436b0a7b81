"""What an fstab would lose: file systems and swap it takes from the old disk, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.fstab import Fstab, FstabEntry
from bootmirror.kinds.esp import MOUNTED
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.model import PlannedFilesystem, PlannedSwap, SwapForm
from bootmirror.plan.old_names import (
    ZRAM,
    filesystem_names,
    is_device,
    names_elsewhere,
    swap_names,
)


def lost_filesystems(text: str, machine: Machine, source: Disk,
                     filesystems: Sequence[PlannedFilesystem]) -> Iterator[Complaint]:
    """Complaints where the copy would mount the old disk, or nothing, in place of an array."""
    table = Fstab.parse(text)
    old = {name: f for f in filesystems for name in filesystem_names(machine, source, f)}
    for entry in table.entries:
        if entry.device in old:
            yield _stays_old(entry, old[entry.device])
    for filesystem in filesystems:
        where, line = filesystem.mountpoint, _line_of(table, filesystem)
        order = 1 if where == "/" else 2
        if line is None:
            yield Complaint(
                1, 1, f"no line mounts {where}",
                f"add: UUID={filesystem.uuid} {where} {filesystem.kind} defaults 0 {order}")
        elif "noauto" in line.options:
            yield Complaint(
                line.line, 1, f"{where} would not be mounted at boot",
                "take noauto out: what is converted must be there when the mirror has booted")


def _line_of(table: Fstab, filesystem: PlannedFilesystem) -> FstabEntry | None:
    """The line that mounts it: by its UUID, else (by a label, say) the last with a device there.

    Another file system may have a line with this mount point too, a server's with noauto.
    """
    there = table.entries_for(filesystem.mountpoint)
    own = [e for e in there if e.device == f"UUID={filesystem.uuid}"]
    return next(reversed(own or [e for e in there if is_device(e.device)]), None)


def _stays_old(entry: FstabEntry, filesystem: PlannedFilesystem) -> Complaint:
    return Complaint(
        entry.line, 1, f"{entry.spec} is the old disk's {filesystem.mountpoint}, not the array's",
        f"write UUID={filesystem.uuid}")


def lost_esp(text: str, esp_uuid: str) -> Iterator[Complaint]:
    """A complaint where nothing mounts the EFI system partition, which packages write to."""
    if Fstab.parse(text).entry_for(MOUNTED) is None:
        yield Complaint(1, 1, f"no line mounts {MOUNTED}",
                        f"add: UUID={esp_uuid} {MOUNTED} vfat umask=0077,nofail 0 1")


def lost_swaps(text: str, machine: Machine, source: Disk, current: str,
               swaps: Sequence[PlannedSwap]) -> Iterator[Complaint]:
    """Complaints where a swap area that fstab had would be lost, or waited for at boot.

    ``current`` is today's text. On an array or a volume it has a new UUID, and the old is erased.
    """
    before, after = _swap_lines(current), _swap_lines(text)
    known = names_elsewhere(machine, source).union(
        *(swap_names(source, s) for s in swaps), (f"UUID={s.uuid}" for s in swaps))
    had = {e.device for e in before}
    strange = [e for e in after if e.device in had - known and is_device(e.device)
               and not e.device.startswith(ZRAM)]
    for swap in swaps:
        if swap.form is SwapForm.FILE:
            continue
        old, erased = swap_names(source, swap), swap.form is not SwapForm.PARTITION
        stays = [e for e in after if erased and e.device in old]
        for entry in stays:
            yield Complaint(entry.line, 1, f"{entry.spec} is the old disk's swap, which is erased",
                            f"write UUID={swap.uuid}")
        if stays or any(e.device == f"UUID={swap.uuid}" for e in after):
            continue
        line = f"UUID={swap.uuid} none swap sw 0 0"
        severity = Severity.ERROR if erased else Severity.WARNING
        for entry in strange if not had & old else ():
            yield Complaint(entry.line, 1, f"bootmirror does not know the swap area {entry.spec}",
                            f"if it is the old disk's, write UUID={swap.uuid}; if not, add: {line}",
                            severity)
        if had & old:
            yield Complaint(1, 1, "a swap area has no line any more", f"add: {line}",
                            Severity.WARNING)


def _swap_lines(text: str) -> list[FstabEntry]:
    return [e for e in Fstab.parse(text).entries if e.vfstype == "swap"]
