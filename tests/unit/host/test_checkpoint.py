"""A journal is written back where there is one; nothing fails where there is none."""

from __future__ import annotations

import fcntl
import struct
from pathlib import Path

import pytest

from bootmirror.host import checkpoint as module
from bootmirror.host.checkpoint import checkpoint


def test_ext4_is_asked_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, bytes]] = []
    monkeypatch.setattr(fcntl, "ioctl", lambda _file, code, words: asked.append((code, words)))
    assert checkpoint(tmp_path)
    assert asked == [(module.EXT4_IOC_CHECKPOINT, struct.pack("I", 0))]


def test_another_file_system_and_no_directory_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_words: object) -> None:
        raise OSError(25, "Inappropriate ioctl for device")

    monkeypatch.setattr(fcntl, "ioctl", cannot)
    assert not checkpoint(tmp_path)
    assert not checkpoint(tmp_path / "nowhere")
