"""An array that nobody writes to, cut off in its resync, goes on after the boot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.conftest import MIRROR, SOURCE
from tests.lab.lab import Lab


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What guest/read_auto.py saw."""
    lab = Lab(tmp_path_factory.mktemp("read-auto"), [SOURCE, MIRROR])
    return lab.run("read_auto.py").check().result


@pytest.mark.parametrize(("cut", "picture", "waiting"), [
    ("recovery", "[U_]", None), ("resync", "[UU]", "pending"), ("added", "[U_]", None),
])
def test_it_stands_still_until_it_is_waited_for(
    seen: dict[str, Any], cut: str, picture: str, waiting: str | None
) -> None:
    before, after = seen[cut]["before"], seen[cut]["after"]
    assert before["array"]["state"] == "read-auto"
    assert before["picture"] == picture
    sync = before["array"]["sync"]
    assert (sync["waiting"] if sync else None) == waiting
    assert (after["said"], after["picture"]) == ("both halves are alike", "[UU]")
    assert after["array"]["sync"] is None
    assert after["array"]["state"] in ("clean", "active", "active-idle")
