"""Services that began while the copy was mounted keep its arrays from being stopped no more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bootmirror.actions.places import TARGET
from tests.lab.conftest import SOURCE
from tests.lab.lab import Lab

WHO = r"the mount namespace of sleep \(process \d+\)\. Restart or stop the service"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What guest/elsewhere.py came to."""
    lab = Lab(tmp_path_factory.mktemp("elsewhere"), [SOURCE])
    return lab.run("elsewhere.py").check().result


def test_they_had_it_too(found: dict[str, Any]) -> None:
    assert found["service has"] == [TARGET]
    assert found["container has"] == [f"/rootfs{TARGET}"]


@pytest.mark.parametrize("who", ["service", "container", "when it has ended"])
def test_the_arrays_are_let_go(found: dict[str, Any], who: str) -> None:
    assert found[who] == ""


def test_without_it_they_were_held_and_who_holds_them_is_told(found: dict[str, Any]) -> None:
    assert re.search(rf"mdadm failed .*{WHO}", found["ours alone"])


def test_what_is_in_use_there_stays_and_is_told(found: dict[str, Any]) -> None:
    assert re.match(f"What {TARGET} was for is still mounted in {WHO}", found["at work there"])
    assert re.search(rf"mdadm failed .*{WHO}", found["and not needed"])
