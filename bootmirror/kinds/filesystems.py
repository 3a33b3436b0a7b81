"""The file systems bootmirror can make on an array, by blkid's name for them."""

from __future__ import annotations

from bootmirror.kinds.ext import Ext
from bootmirror.kinds.filesystem import Filesystem
from bootmirror.kinds.xfs import Xfs

FILESYSTEMS: dict[str, Filesystem] = {
    "ext2": Ext("ext2"),
    "ext3": Ext("ext3"),
    "ext4": Ext("ext4"),
    "xfs": Xfs(),
}
