"""Names that a partition of the mirror will share with one of the source while both are there."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.fstab import Fstab
from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.refusal import Refusal
from bootmirror.kinds.tables import TABLES
from bootmirror.machine.model import Disk, Machine, Partition

FSTAB = "/etc/fstab"
NAMING = ("root=", "resume=")  # of the kernel's command line


def shared_name_refusals(machine: Machine, disk: Disk) -> Iterator[Refusal]:
    """Of a source whose running system finds a partition by a name that is not its own alone.

    The mirror's partitions get the names that a GPT gives the source's, and its EFI system
    partition that label. The old system must come up with its own all the same. A file system's
    label is no matter: the mirror's gets it when the source's is gone.
    """
    used = [(e.device, f"{FSTAB} names what is mounted on {e.file}")
            for e in Fstab.parse(machine.file(FSTAB) or "").entries]
    used += [(word.partition("=")[2].replace('"', ""), "The kernel's command line names it")
             for word in machine.cmdline.split() if word.startswith(NAMING)]
    for partition in disk.partitions:
        names = set(_shared(disk, partition))
        for spec, where in used:
            if spec in names:
                uuid = partition.content.uuid if partition.content else ""
                yield Refusal(
                    "shared-name", f"{where} by {spec}, and the mirror's partition will have that "
                    f"name too: the old system could take the wrong one.",
                    f"Write UUID={uuid} there, then plan again.")


def _shared(disk: Disk, partition: Partition) -> Iterator[str]:
    if partition.label:
        yield from (f"PARTLABEL={partition.label}", f"/dev/disk/by-partlabel/{partition.label}")
    content, table = partition.content, TABLES.get(disk.table)
    if content and content.label and table and table.role(partition) is Role.ESP:
        yield from (f"LABEL={content.label}", f"/dev/disk/by-label/{content.label}")
