"""The comparison must see each kind of damage, or an equal result means nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.vm import manifest_script
from tests.vm.manifest import Manifest, MayDiffer, compare

FILE = {
    "mount": "/", "path": "srv/f", "type": "file", "mode": 0o644, "uid": 0, "gid": 0,
    "mtime": 1, "size": 3 << 20, "sha256": "aa", "allocated": 1 << 20,
}


def _with(**changes: Any) -> Manifest:
    return Manifest([{**FILE, **changes}])


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": 0o4755}, {"uid": 1}, {"gid": 1}, {"mtime": 2}, {"size": 1}, {"sha256": "bb"},
        {"type": "fifo"}, {"xattrs": {"security.capability": "00"}}, {"links": 2, "first": "srv/a"},
        {"allocated": 3 << 20},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_kind_of_damage_is_seen(changes: dict[str, Any]) -> None:
    assert len(compare(_with(), _with(**changes), ()).differing) == 1


def test_a_missing_and_a_new_file_are_seen() -> None:
    assert "is missing" in compare(_with(), Manifest([]), ()).differing[0]
    assert "is new" in compare(Manifest([]), _with(), ()).differing[0]


def test_a_listed_file_is_left_out_of_the_count() -> None:
    result = compare(_with(), _with(mode=0), (MayDiffer("/srv/*", "for this test"),))
    assert (result.compared, result.differing) == (0, ())


def test_a_file_listed_for_its_time_is_still_compared_otherwise() -> None:
    only = (MayDiffer("/srv/*", "for this test", "mtime"),)
    assert not compare(_with(), _with(mtime=2), only).differing
    assert compare(_with(), _with(mtime=2, mode=0), only).differing


def test_a_hole_has_the_sum_of_the_zeros_it_stands_for(tmp_path: Path) -> None:
    hole, zeros, other = tmp_path / "hole", tmp_path / "zeros", tmp_path / "other"
    size = 5 << 20
    with hole.open("wb") as file:
        file.seek(size - 3)
        file.write(b"end")
    zeros.write_bytes(bytes(size - 3) + b"end")
    other.write_bytes(bytes(size - 4) + b"xend")
    sums = [manifest_script.digest(str(path).encode(), size) for path in (hole, zeros, other)]
    assert sums[0] == sums[1] != sums[2]


def test_a_piece_moved_over_zeros_changes_the_sum(tmp_path: Path) -> None:
    piece, gap = b"x" * manifest_script.PIECE, bytes(manifest_script.PIECE)
    early, late = tmp_path / "early", tmp_path / "late"
    early.write_bytes(piece + gap + gap)
    late.write_bytes(gap + piece + gap)
    size = 3 * manifest_script.PIECE
    assert manifest_script.digest(str(early).encode(), size) != manifest_script.digest(
        str(late).encode(), size
    )


def test_names_that_are_not_utf8_come_through() -> None:
    name = manifest_script.text(b"caf\xe9\n")
    packed = gzip.compress((json.dumps({**FILE, "path": name}) + "\n").encode("ascii"))
    assert list(Manifest.read(packed).files) == [f"/:{name}"]


def test_a_manifest_that_is_cut_off_is_refused() -> None:
    packed = gzip.compress((json.dumps(FILE) + "\n").encode("ascii"))
    with pytest.raises(ValueError, match="not whole"):
        Manifest.read(packed[:-8])
