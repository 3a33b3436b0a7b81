"""A device is held only when it is the one meant."""

from pathlib import Path

import pytest

from bootmirror.errors import Refused
from bootmirror.host.identity import held, make_sure


def test_what_is_no_block_device_is_refused_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(b"content")
    with pytest.raises(Refused, match="not a block device"), held(str(path), "8:0", 7):
        pytest.fail("it was given to us")
    with pytest.raises(Refused, match="not a block device"):
        make_sure(str(path), "8:0", 7)
    assert path.read_bytes() == b"content"


def test_a_link_and_a_missing_device_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/null")
    for name in ("link", "none"):
        with pytest.raises(Refused, match="cannot be opened"):
            make_sure(str(tmp_path / name), "1:3", 0)
        with pytest.raises(Refused) as caught, held(str(tmp_path / name), "1:3", 0):
            pytest.fail("it was given to us")
        assert caught.value.hint
