"""A mirror that held arrays, volume groups and file systems: shown, then gone, at both ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import MIRROR, small_server


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, server_image: Path) -> dict[str, Any]:
    """What guest/leftovers.py saw."""
    lab = small_server(tmp_path_factory.mktemp("leftovers"), server_image, MIRROR)
    lab.run("leftovers.py", "make", root="disk").check()
    return lab.run("leftovers.py", "take", root="disk").check().result


def test_they_had_started_by_themselves(found: dict[str, Any]) -> None:
    assert len(found["before"]["arrays"]) == 2
    assert sorted(found["before"]["groups"]) == ["old_beside", "old_inside"]
    assert found["before"]["active"] == ["home", "home"]


def test_they_are_shown_before_anything_is_erased(found: dict[str, Any]) -> None:
    (warning,) = found["warnings"]
    assert warning.startswith("sdb is not blank; what it holds is erased: ")
    for words in ("the old array md", "the old volume group old_inside (home)",
                  "the old volume group old_beside (home)", "ext4 “older still” on sdb4"):
        assert words in warning


def test_nothing_of_them_is_left(found: dict[str, Any]) -> None:
    assert (found["arrays"], found["groups"]) == ([], [])
    assert set(found["signatures"].values()) == {""}
    assert found["table"] == "dos", "both ends of the old GPT are gone"
    assert set(found["on new arrays"].values()) == {""}
