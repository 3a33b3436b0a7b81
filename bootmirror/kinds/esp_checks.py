"""Whether each disk's EFI system partition boots that disk alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check
from bootmirror.kinds.esp import differences, esp_path
from bootmirror.kinds.esp_hook import CONF_PATH, SCRIPT_PATH
from bootmirror.kinds.nvram import entries, label_of
from bootmirror.machine.model import Disk


def esp_checks(host: Host, boot: Boot, disks: Sequence[Disk]) -> Iterator[Check]:
    """Alike, with a boot entry each, and the hook that keeps them so."""
    paths = [esp_path(disk, boot) for disk in disks]
    try:
        unlike = differences(host, paths, boot.esp_directory)
        detail = f"not alike: {', '.join(unlike)}" if unlike else "alike, with what firmware starts"
        yield Check("EFI system partitions", not unlike, detail)
        found = entries(host)
        for disk in disks:
            there = any(e.number in found.order for e in found.labelled(label_of(disk)))
            yield Check(f"boot entry of {disk.name}", there,
                        label_of(disk) if there else f"{label_of(disk)} is not in the boot order")
    except BootmirrorError as error:
        yield Check("EFI system partitions", False, error.message)
    hook = host.exists(CONF_PATH) and host.exists(SCRIPT_PATH)
    yield Check("EFI hook", hook, "dpkg keeps them alike" if hook else f"{CONF_PATH} is missing")
