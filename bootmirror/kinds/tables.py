"""The partition tables bootmirror can give a mirror, by lsblk's name for them."""

from __future__ import annotations

from bootmirror.kinds.gpt import Gpt
from bootmirror.kinds.mbr import Mbr
from bootmirror.kinds.partition_table import TableKind

TABLES: dict[str, TableKind] = {
    "dos": Mbr(),
    "gpt": Gpt(),
}
