"""cpio archives for tests."""

from __future__ import annotations

from collections.abc import Mapping


def archive(files: Mapping[str, bytes]) -> bytes:
    """One in the "newc" form, ended by its trailer."""
    whole = b""
    for number, (name, content) in enumerate([*files.items(), ("TRAILER!!!", b"")], 1):
        fields = (number, 0o100644, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        whole += b"070701" + b"".join(b"%08x" % value for value in fields)
        whole = padded(whole + name.encode() + b"\0")
        whole = padded(whole + content)
    return whole


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
