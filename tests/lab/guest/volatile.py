"""Writes to a disk: flushed, not flushed, and past the page cache; then stands still."""

from __future__ import annotations

import mmap
import os
import time

MIB = 1 << 20


def main() -> None:
    handle = os.open("/dev/sda", os.O_RDWR)
    os.pwrite(handle, b"kept".ljust(4096), 0)
    os.fsync(handle)
    os.pwrite(handle, b"lost".ljust(4096), MIB)
    direct = os.open("/dev/sda", os.O_RDWR | os.O_DIRECT)
    page = mmap.mmap(-1, 4096)
    page.write(b"lost".ljust(4096))
    os.pwritev(direct, [page], 2 * MIB)
    print("HALT", flush=True)
    time.sleep(600)


main()
