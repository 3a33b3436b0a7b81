"""The original that is kept beside a file: as it was, closed until it is, and never half."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootmirror.errors import NotWritten
from bootmirror.host.host import Host, original_of


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "secret.conf"
    path.write_text("password=x\n")
    path.chmod(0o640)
    os.utime(path, (1000, 2000))
    return path


def test_it_has_the_originals_owner_mode_and_times(config: Path) -> None:
    if os.geteuid() == 0:
        os.chown(config, 1234, 5678)
    before = config.stat()
    Host().write(config, "new\n", backup=True)
    kept = original_of(config)
    after = kept.stat()
    for name in ("st_uid", "st_gid", "st_mode", "st_mtime"):
        assert getattr(after, name) == getattr(before, name)
    assert kept.read_text() == "password=x\n"
    assert config.read_text() == "new\n"


def test_it_is_closed_until_it_is_whole(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.chmod(0o644)
    seen = []

    def look(original: object, copy: object) -> None:
        del original
        seen.append(os.fstat(copy.fileno()).st_mode & 0o777)  # type: ignore[attr-defined]

    monkeypatch.setattr("shutil.copyfileobj", look)
    before = os.umask(0)
    try:
        Host().write(config, "new\n", backup=True)
    finally:
        os.umask(before)
    assert seen == [0o600]


def test_half_a_copy_is_never_taken_for_the_original(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(original: object, copy: object) -> None:
        copy.write(b"pass")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", fail)
    with pytest.raises(NotWritten):
        Host().write(config, "new\n", backup=True)
    assert [path.name for path in config.parent.iterdir()] == [config.name]
    monkeypatch.undo()
    Host().write(config, "new\n", backup=True)
    assert original_of(config).read_text() == "password=x\n"


def test_a_links_original_is_the_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("x")
    (tmp_path / "link").symlink_to("target")
    Host().write(tmp_path / "link", "new\n", backup=True)
    assert str(original_of(tmp_path / "link").readlink()) == "target"
    assert (tmp_path / "target").read_text() == "x"
