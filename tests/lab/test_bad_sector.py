"""``[UU]`` is no proof of a whole copy: the lab's md does what the real one does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.conftest import MIRROR, SOURCE
from tests.lab.lab import Lab


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What guest/bad_sector.py saw, by metadata version."""
    lab = Lab(tmp_path_factory.mktemp("bad"), [SOURCE, MIRROR])
    return lab.run("bad_sector.py").check().result


def test_a_recovery_over_a_bad_sector_looks_whole(seen: dict[str, Any]) -> None:
    found = seen["1.2"]
    assert "[2/2] [UU]" in found["mdstat"]
    assert (found["degraded"], found["mismatches"]) == ("0", "0")
    assert found["picture"] == "[UU]"


def test_bootmirror_sees_the_bad_block(seen: dict[str, Any]) -> None:
    counts = {m["name"]: m["bad_blocks"] for m in seen["1.2"]["array"]["members"]}
    assert set(counts) == {"sda1", "dm-0"}
    assert sum(counts.values()) > 0


def test_reading_the_hole_fails(seen: dict[str, Any]) -> None:
    assert "Input/output error" in seen["1.2"]["unreadable"]


def test_old_metadata_keeps_the_new_leg_out(seen: dict[str, Any]) -> None:
    found = seen["0.90"]
    assert "[UU]" not in found["mdstat"]
    assert found["picture"] == "[U_]"
