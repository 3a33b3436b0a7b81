"""What is installed is what there is: a package left out shows only on the user's machine."""

from __future__ import annotations

import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_every_package_is_listed() -> None:
    listed = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"]
    there = {
        ".".join(found.parent.relative_to(PROJECT).parts)
        for top in ("bootmirror", "tui") for found in (PROJECT / top).rglob("__init__.py")
    }
    assert set(listed["packages"]) == there
