"""Archives as an initramfs is made of them, read in pieces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.cpio import LARGEST, NotAnArchive, Pieces, files
from tests.unit.formats.archives import archive

NAMES = st.text(st.characters(exclude_characters="\0/."), min_size=1, max_size=20).filter(
    lambda name: name != "TRAILER!!!")


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=5), st.integers(1, 300))
def test_what_was_put_in_comes_out(content: dict[str, bytes], size: int) -> None:
    data = archive({name: text for name, text in content.items() if name.isascii()})
    pieces = Pieces(in_pieces(data, size))
    found = dict(files(pieces, lambda _: True))
    assert found == {name: text for name, text in content.items() if name.isascii()}
    assert pieces.place == len(data)


def test_what_is_not_wanted_is_passed_over() -> None:
    data = archive({"./a": b"one", "/b": b"two"})
    assert dict(files(Pieces([data]), lambda name: name == "b")) == {"a": b"", "b": b"two"}


def test_of_a_large_file_only_the_beginning_is_kept() -> None:
    data = archive({"a": b"x" * (LARGEST + 5), "b": b"after"})
    found = dict(files(Pieces([data]), lambda _: True))
    assert (len(found["a"]), found["b"]) == (LARGEST, b"after")


@given(st.integers(0, 300))
def test_a_torn_archive_is_told(cut: int) -> None:
    data = archive({"a": b"one"})
    with pytest.raises(NotAnArchive):
        list(files(Pieces([data[: min(cut, len(data) - 4)]]), lambda _: True))


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_that(data: bytes) -> None:
    try:
        list(files(Pieces([data]), lambda _: True))
    except NotAnArchive:
        return
