"""The features a file system was made with, from its superblock.

ext2, ext3, ext4: the kernel's Documentation/filesystems/ext4/super.rst; XFS: "XFS Algorithms &
Data Structures", chapter 13, and xfsprogs' libxfs/xfs_format.h. The names are those mke2fs(8) and
mkfs.xfs(8) take.
"""

from __future__ import annotations

import struct

LENGTH = 2048  # bytes from the start of the device that hold either superblock

_EXT_AT, _EXT_MAGIC = 1024, 0xEF53
_EXT_BITS: tuple[tuple[int, dict[int, str]], ...] = (
    (0x5C, {2: "has_journal", 3: "ext_attr", 4: "resize_inode", 5: "dir_index", 9: "sparse_super2",
            10: "fast_commit", 11: "stable_inodes", 12: "orphan_file"}),
    (0x60, {1: "filetype", 4: "meta_bg", 6: "extent", 7: "64bit", 9: "flex_bg", 10: "ea_inode",
            13: "metadata_csum_seed", 14: "large_dir", 15: "inline_data", 16: "encrypt",
            17: "casefold"}),
    (0x64, {0: "sparse_super", 1: "large_file", 3: "huge_file", 4: "uninit_bg", 5: "dir_nlink",
            6: "extra_isize", 8: "quota", 9: "bigalloc", 10: "metadata_csum", 13: "project",
            15: "verity"}),
)
_XFS_MAGIC = b"XFSB"
_XFS_VERSION_AT = 100
_XFS_BITS: tuple[tuple[int, dict[int, str]], ...] = (
    (212, {0: "finobt", 1: "rmapbt", 2: "reflink", 3: "inobtcount"}),
    (216, {1: "sparse", 3: "bigtime", 5: "nrext64"}),
)


def features_of(start: bytes) -> tuple[str, ...]:
    """The features of the file system whose device starts with these bytes, sorted; () for none
    that is known."""
    data = start.ljust(LENGTH, b"\0")
    if data[:4] == _XFS_MAGIC:
        (version,) = struct.unpack_from(">H", data, _XFS_VERSION_AT)
        if version & 0xF != 5:
            return ()
        return tuple(sorted(("crc", *_named(data, ">I", 0, _XFS_BITS))))
    (magic,) = struct.unpack_from("<H", data, _EXT_AT + 0x38)
    return tuple(sorted(_named(data, "<I", _EXT_AT, _EXT_BITS))) if magic == _EXT_MAGIC else ()


def reserved_of(start: bytes) -> float | None:
    """Per cent of an ext2, ext3 or ext4's blocks that are kept for root (tune2fs -m); None where
    that is not known."""
    data = start.ljust(LENGTH, b"\0")
    if struct.unpack_from("<H", data, _EXT_AT + 0x38)[0] != _EXT_MAGIC:
        return None
    blocks, kept = _count(data, 0x04, 0x150), _count(data, 0x08, 0x154)
    return round(100 * kept / blocks, 3) if blocks else None


def size_of(start: bytes) -> int:
    """How many bytes of its device the file system with this start takes; 0 for none that is
    known."""
    data = start.ljust(LENGTH, b"\0")
    if data[:4] == _XFS_MAGIC:
        block, blocks = struct.unpack_from(">IQ", data, 4)
        return int(block * blocks)
    if struct.unpack_from("<H", data, _EXT_AT + 0x38)[0] != _EXT_MAGIC:
        return 0
    shift = int(struct.unpack_from("<I", data, _EXT_AT + 0x18)[0])
    return _count(data, 0x04, 0x150) << (10 + min(shift, 16))


def _count(data: bytes, low: int, high: int) -> int:
    """A count of blocks of an ext superblock; its upper half counts with the feature alone."""
    wide = "64bit" in features_of(data)
    places = (low, high) if wide else (low,)
    return sum(int(struct.unpack_from("<I", data, _EXT_AT + at)[0]) << 32 * number
               for number, at in enumerate(places))


def _named(
    data: bytes, form: str, at: int, tables: tuple[tuple[int, dict[int, str]], ...]
) -> list[str]:
    return [
        name for offset, names in tables for bit, name in names.items()
        if struct.unpack_from(form, data, at + offset)[0] & 1 << bit
    ]
