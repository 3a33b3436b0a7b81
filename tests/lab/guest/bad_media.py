"""What can happen to a disk while it is in use; by device mapper, below the disk (cache "faulty").

    dies           every read and write fails
    no-writes      every write fails
    slow           each takes a twentieth of a second
    vanishes       the kernel is told that it was pulled out
    no-area        some sectors of its root file system take no writes, all else works
    unreadable     some sectors of the file /opt/big on it, or in the middle of its root partition
"""

from __future__ import annotations

import fcntl
import struct
from collections.abc import Callable
from pathlib import Path

from tests.lab.guest.no_luck import SERIALS
from tests.lab.guest.results import disk_with, run

FIBMAP, FIGETBSZ = 1, 2  # linux/fs.h: the block of a file; a block of its file system in bytes
SECTOR = 512
ROOT_START, ROOT_SECTORS = 49 * 2048, 160 * 2048  # guest/build_source.py, in sectors
BAD = 64  # sectors
# Of the root partition: the first files go there; the journal, say, does not.
LOSING_FROM, LOSING = ROOT_SECTORS // 5, ROOT_SECTORS // 5
BIG = Path("/opt/big")


def _exchange(disk: str, table: str) -> None:
    """Another table for the device, at once: what is under way is not waited for."""
    run("dmsetup", "suspend", "--noflush", "--nolockfs", disk)
    run("dmsetup", "load", disk, stdin=f"{table}\n")
    run("dmsetup", "resume", disk)


def _extent(disk: str) -> tuple[int, str]:
    """Sectors of the disk, and what lies below."""
    _, sectors, _, below, _ = run("dmsetup", "table", disk).split()
    return int(sectors), below


def dies(disk: str) -> None:
    _exchange(disk, f"0 {_extent(disk)[0]} error")


def no_writes(disk: str) -> None:
    sectors, below = _extent(disk)
    _exchange(disk, f"0 {sectors} flakey {below} 0 0 3600 1 error_writes")


def no_area(disk: str) -> None:
    sectors, below = _extent(disk)
    begin, end = ROOT_START + LOSING_FROM, ROOT_START + LOSING_FROM + LOSING
    # "flakey" would make each flush fail too.
    _exchange(disk, f"0 {begin} linear {below} 0\n"
                    f"{begin} {LOSING} error\n"
                    f"{end} {sectors - end} linear {below} {end}")


def slow(disk: str) -> None:
    sectors, below = _extent(disk)
    _exchange(disk, f"0 {sectors} delay {below} 0 50")


def vanishes(disk: str) -> None:
    Path(f"/sys/block/{disk_with(SERIALS[disk])}/device/delete").write_text("1")


def unreadable(disk: str) -> None:
    sectors, below = _extent(disk)
    first = _first_bad(disk)
    # In sectors: dust is told of them before it takes effect.
    _exchange(disk, f"0 {sectors} dust {below} 0 {SECTOR}")
    for sector in range(first, first + BAD):
        run("dmsetup", "message", disk, "0", "addbadblock", str(sector))
    run("dmsetup", "message", disk, "0", "enable")
    Path("/proc/sys/vm/drop_caches").write_text("3")
    print(f"unreadable from sector {first}", flush=True)


def _first_bad(disk: str) -> int:
    if disk == "mirror":
        return ROOT_START + ROOT_SECTORS // 2
    with BIG.open("rb") as file:
        answer = fcntl.ioctl(file, FIBMAP, struct.pack("i", 1000))
        block = int(struct.unpack("i", fcntl.ioctl(file, FIGETBSZ, struct.pack("i", 0)))[0])
    return ROOT_START + int(struct.unpack("i", answer)[0]) * block // SECTOR


# By name; each takes the disk, "source" or "mirror".
BAD_MEDIA: dict[str, Callable[[str], None]] = {
    "dies": dies, "no-writes": no_writes, "no-area": no_area, "slow": slow, "vanishes": vanishes,
    "unreadable": unreadable,
}
