"""What is in an initramfs image, whichever tool built it.

An image is one archive after the other: plain ones first (microcode, and with newer tools all that
is compressed already), then mostly a compressed one. The kernel unpacks them so too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bootmirror.errors import CommandFailed, StepFailed
from bootmirror.formats.cpio import MAGICS, NotAnArchive, Pieces, files
from bootmirror.host.host import PIECE, Host

# The first bytes of a compressed archive (the kernel's lib/decompress.c), and what unpacks it.
UNPACK: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"\x28\xb5\x2f\xfd", ("zstd", "-dcq")),
    (b"\x1f\x8b", ("gzip", "-dc")),
    (b"\xfd7zXZ", ("xz", "-dc")),
    (b"\x02\x21\x4c\x18", ("lz4", "-dc")),
    (b"\x5d\x00\x00", ("xz", "--format=lzma", "-dc")),
    (b"BZh", ("bzip2", "-dc")),
    (b"\x89LZO", ("lzop", "-dc")),
)
GAP = 1 << 20  # bytes of zeros between two archives, at most


@dataclass(frozen=True)
class Image:
    """The names of all files in an image, and the content of those that were wanted."""

    names: frozenset[str]
    files: tuple[tuple[str, bytes], ...]

    def text(self, name: str) -> str | None:
        """A wanted file's text; of several archives' the last, which is what the kernel keeps."""
        found = dict(self.files).get(name)
        return None if found is None else found.decode("utf-8", "surrogateescape")


def look_into(host: Host, path: str, wanted: Callable[[str], bool]) -> Image:
    """Read an image from end to end. Raises StepFailed when it is missing or torn."""
    if host.content(path, 0, 1) is None:
        raise StepFailed(f"{path} is not there or cannot be read.")
    names: set[str] = set()
    kept: dict[str, bytes] = {}
    place: int | None = 0
    try:
        while place is not None:
            pieces, more = _archive(host, path, place)
            for name, content in files(pieces, wanted):
                names.add(name)
                if wanted(name):
                    kept[name] = content
            place = _next(host, path, place + pieces.place) if more else None
    except (NotAnArchive, CommandFailed) as error:
        raise StepFailed(f"{path} cannot be unpacked: {error}.") from error
    return Image(frozenset(names), tuple(sorted(kept.items())))


def _archive(host: Host, path: str, place: int) -> tuple[Pieces, bool]:
    """The archive at a place of an image, and whether another may follow it."""
    start = host.content(path, place, 8) or b""
    if start[:6] in MAGICS:
        return Pieces(_plain(host, path, place)), True
    for magic, argv in UNPACK:
        if start.startswith(magic):
            return Pieces(host.filtered(argv, path, place)), False
    raise NotAnArchive("it is no archive the kernel knows")


def _plain(host: Host, path: str, place: int) -> Iterator[bytes]:
    while piece := host.content(path, place, PIECE):
        yield piece
        place += len(piece)


def _next(host: Host, path: str, place: int) -> int | None:
    """Where the next archive begins, behind zeros; None at the image's end."""
    start = place
    while (piece := host.content(path, place, PIECE)) and place - start < GAP:
        rest = piece.lstrip(b"\0")
        if rest:
            return place + len(piece) - len(rest)
        place += len(piece)
    return None
