"""cpio archives in the "newc" form, as an initramfs is made of them, read piece by piece.

Source: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

MAGICS = (b"070701", b"070702")
_HEADER = 110  # the magic and 13 numbers of eight hex digits
_FILE_SIZE, _NAME_SIZE = 54, 94
_TRAILER = "TRAILER!!!"
_LONGEST_NAME = 4096
LARGEST = 1 << 20  # bytes kept of a file


class NotAnArchive(ValueError):  # noqa: N818 - says what it is
    """What was read is no archive, or ends before its end."""


class Pieces:
    """Bytes that come in pieces, read by length; ``place`` is how many were taken."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""
        self.place = 0

    def take(self, length: int, keep: int | None = None) -> bytes:
        """The next bytes, the first ``keep`` of them. Raises NotAnArchive when they are fewer."""
        kept, room, left = [], length if keep is None else keep, length
        while left:
            piece = self._held or next(self._pieces, b"")
            if not piece:
                raise NotAnArchive("it ends in the middle")
            part, self._held = piece[:left], piece[left:]
            kept.append(part[:room])
            room -= len(kept[-1])
            left -= len(part)
        self.place += length
        return b"".join(kept)


def files(pieces: Pieces, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Each name of one archive up to its end, with the content of a wanted file (else b"").

    Names are without "./" or "/" before them. Raises NotAnArchive.
    """
    while True:
        header = pieces.take(_HEADER)
        name_size, size = (_number(header, at) for at in (_NAME_SIZE, _FILE_SIZE))
        if header[:6] not in MAGICS or not 0 < name_size <= _LONGEST_NAME:
            raise NotAnArchive("it is torn")
        raw = pieces.take(name_size).rstrip(b"\0")
        pieces.take(-pieces.place % 4)
        name = raw.decode("utf-8", "surrogateescape").removeprefix("./").removeprefix("/")
        content = pieces.take(size, min(size, LARGEST) if wanted(name) else 0)
        pieces.take(-pieces.place % 4)
        if name == _TRAILER:
            return
        yield name, content


def _number(header: bytes, at: int) -> int:
    try:
        return int(header[at : at + 8], 16)
    except ValueError as error:
        raise NotAnArchive("it is torn") from error
