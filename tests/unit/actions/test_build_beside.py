"""A file in use is whole at every instant while it is built anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.actions import build_beside
from bootmirror.actions.build_beside import BESIDE, BuildBeside
from bootmirror.errors import CommandFailed
from bootmirror.host.host import Host
from bootmirror.kinds.dracut import Dracut
from tests.unit.steps.test_copying import Quiet

# As dracut: what it makes is copied over what is there, and removed when that fails.
MAKES = 'printf new > "$1"; test ! -e "$1.full" || { rm "$1"; exit 1; }'


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("bootmirror.host.in_place.checkpoint", lambda _path: None)
    path = tmp_path / "initrd.img-6.1"
    path.write_text("old")
    path.chmod(0o640)
    return path


def _build(image: Path) -> None:
    BuildBeside(("sh", "-c", MAKES, "sh", BESIDE), str(image)).perform(Host(), Quiet())


def test_the_new_one_takes_the_place_of_the_old_with_its_mode(image: Path) -> None:
    _build(image)
    assert image.read_text() == "new"
    assert image.stat().st_mode & 0o777 == 0o640
    assert list(image.parent.iterdir()) == [image]


def test_when_it_fails_the_old_one_is_there_as_it_was(image: Path) -> None:
    full = Path(f"{image}{build_beside.NEW}.full")
    full.touch()
    with pytest.raises(CommandFailed):
        _build(image)
    full.unlink()
    assert image.read_text() == "old"
    assert list(image.parent.iterdir()) == [image]


def test_dracut_never_writes_to_the_image_in_use() -> None:
    for action in Dracut().rebuild(("6.1", "6.2")):
        assert "dracut --force /boot/initrd.img-6." in action.describe()
        assert build_beside.NEW in action.describe().split(";")[0]
