"""A device is held only when it is the one meant."""

import errno
import fcntl
import os
import stat
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from bootmirror.errors import Refused, StepFailed
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


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that passes for the disk 8:0 of 1000 bytes."""
    path = tmp_path / "sda"
    path.touch()
    disk = SimpleNamespace(st_mode=stat.S_IFBLK, st_rdev=os.makedev(8, 0))
    monkeypatch.setattr(os, "fstat", lambda _handle: disk)
    monkeypatch.setattr(fcntl, "ioctl", lambda *_rest: struct.pack("Q", 1000))
    return path


@pytest.mark.parametrize(("devno", "size"), [("8:16", 1000), ("8:0", 1001)])
def test_another_number_or_size_is_refused(path: Path, devno: str, size: int) -> None:
    """A disk that went and came back may have another's name (tests/lab tries real ones)."""
    make_sure(str(path), "8:0", 1000)
    with held(str(path), "8:0", 1000):
        pass
    for attempt in (lambda: make_sure(str(path), devno, size),
                    lambda: held(str(path), devno, size).__enter__()):
        with pytest.raises(Refused, match="is not the disk it was: device 8:0 of 1000 bytes"):
            attempt()


def test_a_disk_that_fails_while_it_is_held_is_told_as_that(path: Path) -> None:
    with pytest.raises(StepFailed, match="cannot be read or written: Input/output") as caught, \
            held(str(path), "8:0", 1000):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert "dmesg" in caught.value.hint
