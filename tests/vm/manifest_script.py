"""Writes a manifest of every file of the given mounts. Runs alone, as root, on the machine itself.

    unshare --mount python3 -I manifest_script.py MOUNT… > manifest.gz

Each mount is looked at through a bind mount of its own, so files hidden under other mount points
are seen too. One JSON object a line, gzipped. Names are bytes: what is not UTF-8 stands as lone
surrogates (``surrogateescape``). Nothing is changed, access times included.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import multiprocessing
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

PIECE = 1 << 20  # bytes read at a time
ZEROS = bytes(PIECE)

KINDS = {
    stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink",
    stat.S_IFBLK: "block", stat.S_IFCHR: "character", stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


def text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _next_data(handle: int, offset: int) -> int | None:
    """Where data begins at or after ``offset``, down to a whole piece; None past the last."""
    try:
        found = os.lseek(handle, offset, os.SEEK_DATA)
    except OSError:
        return None
    return max(offset, found // PIECE * PIECE)


def digest(path: bytes, size: int) -> str:
    """SHA-256 of the content, each run of zero pieces taken as its length.

    So a hole and written zeros give the same sum, and 300 MiB of hole cost nothing.
    """
    found = hashlib.sha256()
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NOATIME)
    try:
        offset = hashed = 0
        while offset < size:
            start = _next_data(handle, offset)
            if start is None:
                break
            piece = os.pread(handle, PIECE, start)
            offset = start + PIECE
            if piece == ZEROS[: len(piece)]:
                continue
            if start != hashed:
                found.update(b"zeros to %d\n" % start)
            found.update(piece)
            hashed = start + len(piece)
    finally:
        os.close(handle)
    return found.hexdigest()


def attributes(path: bytes) -> dict[str, str]:
    """Extended attributes of all namespaces; POSIX ACLs and capabilities are among them."""
    with contextlib.suppress(OSError):
        return {
            name: os.getxattr(path, name, follow_symlinks=False).hex()
            for name in sorted(os.listxattr(path, follow_symlinks=False))
        }
    return {}


def flags(path: bytes) -> int:
    """Those of chattr that are a file's own (linux/fs.h): S, i, a, d, A."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOATIME)
        try:
            answer = fcntl.ioctl(handle, 0x80086601, bytes(8))  # FS_IOC_GETFLAGS, 64 bits
        finally:
            os.close(handle)
        return int.from_bytes(answer[:4], "little") & 0xF8
    return 0


def walk(directory: bytes, device: int) -> Iterator[bytes]:
    """Every path below a directory on the same file system, the directory itself first."""
    yield directory
    with os.scandir(directory) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.stat(follow_symlinks=False).st_dev == device:
                yield from walk(entry.path, device)
        else:
            yield entry.path


def record(path: bytes, relative: bytes, links: dict[int, str]) -> dict[str, Any]:
    found = os.lstat(path)
    kind = KINDS[stat.S_IFMT(found.st_mode)]
    name = text(relative)
    line: dict[str, Any] = {
        "path": name, "type": kind, "mode": stat.S_IMODE(found.st_mode), "uid": found.st_uid,
        "gid": found.st_gid, "mtime": found.st_mtime_ns,
    }
    if kind == "file":
        line |= {"size": found.st_size, "allocated": found.st_blocks * 512}
    elif kind == "symlink":
        line["target"] = text(os.readlink(path))  # noqa: PTH115 - a name in bytes
    elif kind in ("block", "character"):
        line["rdev"] = found.st_rdev
    if kind != "directory" and found.st_nlink > 1:
        # The walk is sorted, so the first name met stands for the group on any copy too.
        line |= {"links": found.st_nlink, "first": links.setdefault(found.st_ino, name)}
    if kind in ("file", "directory") and (found_flags := flags(path)):
        line["flags"] = found_flags
    with_attributes = attributes(path)
    if with_attributes:
        line["xattrs"] = with_attributes
    return line


def manifest(mount: str, place: str, pool: Pool) -> Iterator[dict[str, Any]]:
    """Records of all files of one mounted file system; the sums are made on every processor."""
    Path(place).mkdir(parents=True)
    subprocess.run(["mount", "--bind", mount, place], check=True)
    base = place.encode()
    links: dict[int, str] = {}
    paths = list(walk(base, Path(place).stat().st_dev))
    records = [record(path, path[len(base) + 1 :], links) for path in paths]
    wanted = [(p, r["size"]) for p, r in zip(paths, records, strict=True) if r["type"] == "file"]
    sums = iter(pool.starmap(digest, wanted, chunksize=64))
    for line in records:
        if line["type"] == "file":
            line["sha256"] = next(sums)
        yield {"mount": mount, **line}


def main() -> None:
    # Python 3.14 would start a server that imports this script, which comes on standard input.
    with (
        multiprocessing.get_context("fork").Pool() as pool,
        gzip.open(sys.stdout.buffer, "wt", compresslevel=1, encoding="ascii") as out,
    ):
        for number, mount in enumerate(sys.argv[1:]):
            for line in manifest(mount, f"/run/manifest/{os.getpid()}-{number}", pool):
                out.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
