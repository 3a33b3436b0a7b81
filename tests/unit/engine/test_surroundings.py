"""What the engine asks of the machine around it, on a made-up sysfs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootmirror.engine.surroundings import root_on_md


def _number(path: Path) -> str:
    device = path.stat().st_dev
    return f"{os.major(device)}:{os.minor(device)}"


@pytest.mark.parametrize(
    ("below", "on_md"),
    [((), False), (("8:1",), False), (("9:1",), True), (("253:7", "9:0"), True)],
    ids=["a partition", "a volume on a partition", "a volume on md", "a volume of a volume on md"],
)
def test_the_root_lies_on_an_array_whatever_is_between(
    tmp_path: Path, below: tuple[str, ...], on_md: bool
) -> None:
    upper = _number(tmp_path)
    for lower in below:
        slave = tmp_path / upper / "slaves" / lower.replace(":", "_")
        slave.mkdir(parents=True)
        (slave / "dev").write_text(f"{lower}\n")
        upper = lower
    assert root_on_md(tmp_path, tmp_path) is on_md
