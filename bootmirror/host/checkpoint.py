"""What a boot loader sees of a file system: it reads without the journal.

GRUB and LILO do not replay a journal. After a power cut they see directories and inodes as they
were when these were last written to their own places: a file that was removed since, say, whose
blocks hold something else by now. Flushing is not enough: the journal has to be written back.
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

from bootmirror.host.xfs_log import written_back

EXT4_IOC_CHECKPOINT = 0x4004662B  # _IOW('f', 43, __u32), since Linux 5.15 (ext4's ioctl.c)


def checkpoint(directory: str | Path) -> bool:
    """Write the journal of a directory's file system back; whether it has one that can be.

    ext4 is told to, XFS is waited for; ext2 has none. What else fails is passed over: the files
    themselves are flushed.
    """
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.ioctl(handle, EXT4_IOC_CHECKPOINT, struct.pack("I", 0))
    except OSError:
        return written_back(handle)
    else:
        return True
    finally:
        os.close(handle)
